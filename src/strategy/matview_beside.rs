//! A materialized view that gets another query: filled beside the old one, with its indexes, and swapped by name.
//!
//! 1. `CREATE MATERIALIZED VIEW` and `CREATE INDEX` under other names: ACCESS SHARE on what the query reads; the old one is
//!    read on. In the plain form its readers wait until the query has run.
//! 2. `DROP MATERIALIZED VIEW` and the renames, in one short transaction with the views on it, which are made again: ACCESS
//!    EXCLUSIVE for the blink of a catalog change.
//!
//! If step 1 fails or is cut short, a materialized view with `_new` at the end of its name is left, which the next plan
//! drops before it fills another. Not where it is replaced for what it stands on: the query needs that in its new form.

use crate::base::name::{Ident, with_suffix};
use crate::kind::key::Scoped;
use crate::kind::table::index::Index;
use crate::kind::{Body, Key, Site};
use crate::plan::action::{Action, Phases, Verb};
use crate::plan::change::Changes;
use crate::strategy::leftover::is_name_taken;

pub fn apply(action: &Action, at: &Site, changes: &Changes) -> Option<Phases> {
    if action.verb != Verb::Create {
        return None;
    }
    match at.here.get(&action.key)? {
        Body::MaterializedView(_) => filled(action, at, changes),
        Body::Index(index) if index.on_materialized_view => {
            let view = index.table_key(at);
            fits(&at.of(&view), changes).then(|| {
                let rename = format!("ALTER INDEX {} RENAME TO {}", beside(at).sql(), Ident::new(at.key.name()));
                let mut statements = action.statements.clone();
                if let Some(first) = statements.first_mut() {
                    first.sql = rename;
                    first.hazards.clear();
                }
                Phases::of(vec![statements])
            })
        }
        _ => None,
    }
}

fn filled(action: &Action, at: &Site, changes: &Changes) -> Option<Phases> {
    if !fits(at, changes) {
        return None;
    }
    let view = beside(at);
    let mut then = action.statements.clone();
    let mut create = then.first()?.clone();
    create.sql = create.sql.replacen(&format!("VIEW {}", at.sql()), &format!("VIEW {}", view.sql()), 1);
    let mut prepare = vec![create.outside()];
    for (key, index) in indexes(at) {
        let (own, name) = (Ident::new(key.name()), Ident::new(beside(&at.of(key)).name()));
        let (old, new) = (format!("INDEX {own} ON {} ", at.sql()), format!("INDEX {name} ON {} ", view.sql()));
        let mut build = Body::Index(index.clone()).create(&at.of(key)).into_iter().next()?;
        build.sql = build.sql.replacen(&old, &new, 1);
        build.hazards.clear();
        prepare.push(build.outside());
    }
    if let Some(first) = then.first_mut() {
        first.sql = format!("ALTER MATERIALIZED VIEW {} RENAME TO {}", view.sql(), Ident::new(at.key.name()));
    }
    Some(Phases { prepare, then: vec![then] })
}

/// Whether it is filled in both states, and replaced for its own sake.
fn fits(at: &Site, changes: &Changes) -> bool {
    let is_filled = |body: Option<&Body>| matches!(body, Some(Body::MaterializedView(view)) if view.populated.0);
    let own = changes.reasons.get(at.key).is_some_and(|reason| !reason.is_empty() && !reason.starts_with("it "));
    let made = indexes(at).all(|(key, _)| changes.created.contains(key));
    changes.replaced(at.key) && own && is_filled(at.there.get(at.key)) && made
}

fn indexes<'a>(at: &Site<'a>) -> impl Iterator<Item = (&'a Key, &'a Index)> {
    let (here, view) = (at.here, at.key);
    here.iter().filter_map(move |(key, body)| match body {
        Body::Index(index) if index.on_materialized_view => {
            let site = Site { key, here, there: here, absorbed: nothing() };
            (index.table_key(&site) == *view).then_some((key, index))
        }
        _ => None,
    })
}

fn nothing() -> &'static std::collections::BTreeSet<Key> {
    static NOTHING: std::collections::BTreeSet<Key> = std::collections::BTreeSet::new();
    &NOTHING
}

/// A name that nothing has in either state.
fn beside(at: &Site) -> Key {
    let name = |suffix: &str| match at.key {
        Key::Index(_) => Key::Index(scoped(at, suffix)),
        _ => Key::MaterializedView(scoped(at, suffix)),
    };
    let mut names = std::iter::once(name("_new")).chain((2..100).map(|n| name(&format!("_new_{n}"))));
    names.find(|key| !is_name_taken(at, key)).unwrap_or_else(|| name("_new"))
}

fn scoped(at: &Site, suffix: &str) -> Scoped {
    let schema = at.key.schema().map(Ident::as_str).unwrap_or_default();
    Scoped::new(schema, with_suffix(at.key.name(), suffix))
}
