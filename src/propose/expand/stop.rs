//! Columns and tables that go, as two migrations: stop using, then drop.
//!
//! The first migration takes away what makes programs name them, and what would lock other tables when they go: the
//! second drops them, with all that is lost. Between the two whoever still uses them can, and whoever does not has nothing
//! to fill in. A column loses NOT NULL and the constraints that NULL would break, unless it has a value of its own (a default,
//! an identity, an expression); a table loses its foreign keys to and from others. Indexes, triggers of the table, and views
//! that go with them stay: programs of before rely on them.

use std::collections::BTreeSet;
use std::iter::successors;

use crate::base::name::without_public;
use crate::catalog::Catalog;
use crate::kind::key::Attached;
use crate::kind::{Body, Key};
use crate::plan::dependency::Dependencies;
use crate::propose::keep::slots;
use crate::strategy::swap::{NEW, OLD, beside};

/// The desired state with what goes beside it; none where nothing does.
pub(super) fn stopping(live: &Catalog, desired: &Catalog, notes: &mut Vec<String>) -> Option<Catalog> {
    let mut goes = BTreeSet::new();
    // What two earlier migrations have put beside goes with the second of those.
    let own: BTreeSet<Key> = live.facts.keys().flat_map(|key| [NEW, OLD].map(|suffix| beside(key, suffix))).collect();
    let leaving = |key: &Key| !desired.facts.contains(key) && !own.contains(key);
    for (key, body) in live.facts.iter().filter(|(key, _)| leaving(key)) {
        match goes_apart(key, body, live, desired) {
            Some(Ok(())) => drop(goes.insert(key.clone())),
            Some(Err(why)) => notes.push(without_public(&format!("{key} is dropped at once: {why}"))),
            None => {}
        }
    }
    if goes.is_empty() {
        return None;
    }
    let stays = Staying::of(goes, live, desired);
    let mut state = desired.clone();
    for key in &stays.keys {
        if let Some(body) = live.facts.get(key) {
            state.facts.insert(key.clone(), loosened(key, body, live, desired));
        }
    }
    for (user, used) in live.edges.iter().filter(|(user, _)| stays.keys.contains(*user)) {
        state.edges.insert(&user.clone().into(), &used.clone().into());
    }
    Some(state)
}

/// Whether this is a column or a table that can go in two migrations; none for everything else.
fn goes_apart(key: &Key, body: &Body, live: &Catalog, desired: &Catalog) -> Option<Result<(), String>> {
    let plain = |table: &Key| match live.facts.get(table) {
        Some(Body::Table(body)) if body.partition_by.is_none() && !body.partition => {
            live.facts.attachments(table).next().is_none()
        }
        _ => false,
    };
    let alone = |table: &Key| {
        if plain(table) { Ok(()) } else { Err("its table has partitions, children or a parent".to_owned()) }
    };
    match (key, body) {
        (Key::Table(_), _) => Some(alone(key).and_then(|()| match taken(key, body, desired) {
            Some(other) => Err(format!("{other} has that name")),
            None => Ok(()),
        })),
        (Key::Column(_), Body::Column(column)) => {
            let table = key.on().filter(|table| desired.facts.contains(table))?;
            let own = if column.inherited.0 { Err("it is inherited".to_owned()) } else { Ok(()) };
            Some(own.and_then(|()| alone(table)))
        }
        _ => None,
    }
}

/// What has its name in the desired state.
fn taken<'a>(key: &Key, body: &Body, desired: &'a Catalog) -> Option<&'a Key> {
    let wanted = slots(desired, key, body);
    let holds = |fact: &(&Key, &Body)| slots(desired, fact.0, fact.1).iter().any(|slot| wanted.contains(slot));
    desired.facts.iter().find(holds).map(|(key, _)| key)
}

/// The facts of the live state that stay until the second migration.
struct Staying<'a> {
    keys: BTreeSet<Key>,
    live: &'a Catalog,
    desired: &'a Catalog,
    uses: Dependencies<'a>,
}

impl<'a> Staying<'a> {
    fn of(goes: BTreeSet<Key>, live: &'a Catalog, desired: &'a Catalog) -> Self {
        let uses = Dependencies::of(live, &desired.facts);
        let mut this = Self { keys: goes, live, desired, uses };
        while this.grow() {}
        this
    }

    /// Adds what stands on these, what they need, and what is used with them; whether anything came.
    fn grow(&mut self) -> bool {
        let mut more = BTreeSet::new();
        for (key, body) in self.live.facts.iter() {
            let new = !self.keys.contains(key) && !self.desired.facts.contains(key) && self.belongs(key, body);
            more.extend(new.then(|| key.clone()));
        }
        let grown = !more.is_empty();
        self.keys.extend(more);
        grown
    }

    fn belongs(&self, key: &Key, body: &Body) -> bool {
        let on = key.on().is_some_and(|on| self.keys.contains(on));
        let needed = self.uses.used_by(key).any(|user| self.keys.contains(user));
        let uses = || self.uses.uses(key).any(|used| self.keys.contains(used));
        let free = || taken(key, body, self.desired).is_none();
        match body {
            Body::Constraint(constraint) => (on || uses()) && self.fits(key, constraint.contype.as_str()) && free(),
            Body::Index(_) => uses() && free(),
            Body::View(_) | Body::MaterializedView(_) | Body::Function(_) | Body::Procedure(_) => {
                needed || uses() && self.whole(key) && free()
            }
            _ => on || needed,
        }
    }

    /// Whether a constraint holds for who does not name the column any more, and locks no other table when it goes.
    fn fits(&self, key: &Key, contype: &str) -> bool {
        let Some(Body::Constraint(body)) = self.live.facts.get(key) else { return false };
        let of_table = key.on().is_some_and(|table| self.keys.contains(table));
        if contype == "f" {
            return of_table && body.references().as_ref() == key.on();
        }
        if of_table {
            return true;
        }
        let loose = |used: &&Key| self.keys.contains(*used) && !has_value(used, self.live);
        let named = matches!(contype, "u" | "x") && !body.definition.contains("NULLS NOT DISTINCT");
        key.on().is_some_and(|table| self.desired.facts.contains(table))
            && (named || !self.uses.uses(key).any(|used| loose(&used)))
    }

    /// Whether all that a view needs stays as it is.
    fn whole(&self, key: &Key) -> bool {
        let stays = |used: &Key| self.keys.contains(used) || self.live.facts.get(used) == self.desired.facts.get(used);
        let own = |used: &Key| successors(Some(used), |key| key.on()).any(|on| on == key);
        self.uses.uses(key).filter(|used| !own(used)).all(stays)
    }
}

/// Whether a column gets a value where nobody names it.
fn has_value(column: &Key, live: &Catalog) -> bool {
    let on = |key: Key| live.facts.contains(&key);
    let generated = matches!(live.facts.get(column), Some(Body::Column(body)) if body.generated.is_some());
    let attached = || Attached::new(column.clone());
    generated || on(Key::Default(attached())) || on(Key::Identity(attached()))
}

/// A column of a table that stays, as it is when nobody has to name it.
fn loosened(key: &Key, body: &Body, live: &Catalog, desired: &Catalog) -> Body {
    let mut body = body.clone();
    let stays = key.on().is_some_and(|table| desired.facts.contains(table));
    if let (Body::Column(column), true, false) = (&mut body, stays, has_value(key, live)) {
        column.not_null = false;
    }
    body
}
