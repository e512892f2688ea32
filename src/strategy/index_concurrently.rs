//! CREATE INDEX CONCURRENTLY instead of CREATE INDEX, and a changed index built beside the old one and swapped by name.
//!
//! 1. `CREATE INDEX CONCURRENTLY`, outside a transaction: SHARE UPDATE EXCLUSIVE, reads and writes go on.
//! 2. For a changed index: `DROP INDEX` of the old and `ALTER INDEX ... RENAME` of the new, in one short transaction:
//!    ACCESS EXCLUSIVE on the table for the blink of a catalog change.
//!
//! A failed build leaves an INVALID index, which the next plan drops; one that was built beside and not swapped yet is
//! what the next plan goes on with. Not for partitioned tables, where Postgres has no concurrent build.

use crate::base::name::{Ident, with_suffix};
use crate::kind::statement::Statement;
use crate::kind::table::index::Index;
use crate::kind::{Body, Key, Site, Slot};
use crate::plan::action::{Action, Phases, Verb};
use crate::plan::change::Changes;
use crate::strategy::leftover::{Beside, beside, is_gone_on_with, is_ready};
use crate::strategy::{columns_move, in_use};

pub fn apply(action: &Action, at: &Site, changes: &Changes) -> Option<Phases> {
    let Body::Index(index) = at.here.get(&action.key)? else { return None };
    match action.verb {
        Verb::Create if swaps(index, at, changes) => Some(swapped(action, index, at)),
        Verb::Create if builds(index, at, changes) && index.unique && is_taken(at) => Some(ahead(action, index, at)),
        Verb::Create if builds(index, at, changes) => Some(concurrently(action)),
        // The old index of a swap goes when the new one takes its name.
        Verb::Drop if action.key == *at.key => {
            let there = Site { here: at.there, there: at.here, ..*at };
            let swaps = matches!(at.there.get(&action.key), Some(Body::Index(next)) if swaps(next, &there, changes));
            (swaps || is_gone_on_with(at, changes)).then(|| Phases::of(vec![Vec::new()]))
        }
        _ => None,
    }
}

/// Whether the action that makes this index uses one that was built under another name, instead of building it.
pub fn goes_on_with(at: &Site, leftover: &Key, changes: &Changes) -> bool {
    let Some(Body::Index(index)) = at.here.get(at.key) else { return false };
    let instead = swaps(index, at, changes) || builds(index, at, changes) && index.unique && is_taken(at);
    instead && with_suffix(at.key.name(), "_new") == leftover.name() && is_ready(at, leftover, index)
}

fn builds(index: &Index, at: &Site, changes: &Changes) -> bool {
    !index.partitioned && in_use(&index.table_key(at), changes)
}

/// Whether the index is only replaced because its own definition changed, on columns that stay as they are.
fn swaps(index: &Index, at: &Site, changes: &Changes) -> bool {
    is_own_change(index, at, changes) && builds(index, at, changes)
}

/// Whether an index changes for its own sake, and nothing that it stands on does.
pub fn is_own_change(index: &Index, at: &Site, changes: &Changes) -> bool {
    let table = index.table_key(at);
    let own = changes.reasons.get(at.key).is_some_and(|reason| !reason.is_empty() && !reason.starts_with("it "));
    let same_table = matches!(at.there.get(at.key), Some(Body::Index(old)) if old.table_key(at) == table);
    let routines_stay = !changes.destroyed.iter().any(|key| !matches!(key, Key::Index(_)) && key.on().is_none());
    own && same_table && routines_stay && !columns_move(&table, changes)
}

fn concurrently(action: &Action) -> Phases {
    let mut statements = action.statements.clone();
    if let Some(first) = statements.first_mut() {
        *first = online(&first.sql);
    }
    // Late, so that what runs outside a transaction does not cut the plan's transactions in two.
    Phases::of(vec![Vec::new(), statements])
}

/// A unique index in the place of something else that had its name, a constraint: there is no moment without one.
fn ahead(action: &Action, index: &Index, at: &Site) -> Phases {
    let (beside, build) = built_beside(action, index, at);
    let rename = format!("ALTER INDEX {} RENAME TO {}", beside.sql(), Ident::new(at.key.name()));
    Phases { prepare: build, then: vec![vec![Statement::new(rename)]] }
}

/// Whether a relation has the key's name now.
pub fn is_taken(at: &Site) -> bool {
    let Some(schema) = at.key.schema() else { return false };
    let slot = Slot::Relation(schema.clone(), Ident::new(at.key.name()));
    let live = |key| Site { key, here: at.there, there: at.here, absorbed: at.absorbed };
    at.there.iter().any(|(key, body)| key.schema() == Some(schema) && body.slots(&live(key)).contains(&slot))
}

fn swapped(action: &Action, index: &Index, at: &Site) -> Phases {
    let (beside, build) = built_beside(action, index, at);
    let swap = vec![
        Statement::new(format!("DROP INDEX {}", at.key.sql())).commit_before(),
        Statement::new(format!("ALTER INDEX {} RENAME TO {}", beside.sql(), Ident::new(at.key.name()))),
    ];
    Phases::of(vec![Vec::new(), build, swap])
}

/// The build under a name that is free, and that name; no statement where it has been built.
fn built_beside(action: &Action, index: &Index, at: &Site) -> (Key, Vec<Statement>) {
    match beside(at, index) {
        Beside::Ready(key) => (key, Vec::new()),
        Beside::Free(key) => {
            let mut build = under_name(&action.statements, at.key, &key);
            if let Some(first) = build.first_mut() {
                *first = online(&first.sql);
            }
            (key, build)
        }
    }
}

/// What makes an index, under another name.
pub fn under_name(statements: &[Statement], key: &Key, other: &Key) -> Vec<Statement> {
    let (own, name) = (Ident::new(key.name()), Ident::new(other.name()));
    let mut build: Vec<Statement> = statements.to_vec();
    if let Some(first) = build.first_mut() {
        first.sql = first.sql.replacen(&format!("INDEX {own} ON"), &format!("INDEX {name} ON"), 1);
    }
    for statement in build.iter_mut().skip(1) {
        statement.sql = statement.sql.replacen(&key.sql(), &other.sql(), 1);
    }
    build
}

/// CREATE INDEX in its concurrent form.
pub fn online(sql: &str) -> Statement {
    Statement::new(sql.replacen("INDEX ", "INDEX CONCURRENTLY ", 1)).outside()
}
