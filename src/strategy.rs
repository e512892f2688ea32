//! Online forms: what replaces a statement that would keep others waiting, on a table that was there before.
//!
//! A strategy is a file with one function. It looks at one action and answers with statements in phases, each of which
//! runs after the one before; later phases go as late in the plan as what depends on them allows. A table that the plan
//! creates gets the plain form, because nobody can be using it.

pub mod attach_by_check;
pub mod backfill;
pub mod constraint_not_valid;
pub mod detach_concurrently;
pub mod drop_index_concurrently;
pub mod enum_value_check;
pub mod expand;
pub mod foreign_key_by_partitions;
pub mod identity_beside;
pub mod index_concurrently;
pub mod leftover;
pub mod matview_beside;
pub mod not_null_by_check;
pub mod not_null_not_valid;
pub mod partitioned_index_beside;
pub mod swap;
pub mod unique_using_index;
pub mod volatile_default;

use crate::base::name::with_suffix;
use crate::kind::key::Child;
use crate::kind::{Key, Site};
use crate::plan::action::{Action, Phases};
use crate::plan::change::Changes;

type Strategy = fn(&Action, &Site, &Changes) -> Option<Phases>;

const STRATEGIES: &[Strategy] = &[
    attach_by_check::apply,
    detach_concurrently::apply,
    matview_beside::apply,
    partitioned_index_beside::apply,
    index_concurrently::apply,
    drop_index_concurrently::apply,
    unique_using_index::apply,
    constraint_not_valid::apply,
    foreign_key_by_partitions::apply,
    enum_value_check::apply,
    identity_beside::apply,
    not_null_not_valid::apply,
    not_null_by_check::apply,
    volatile_default::apply,
];

/// The online form of an action; none where the plain form is right.
pub fn online(action: &Action, at: &Site, changes: &Changes) -> Option<Phases> {
    if matches!(at.key.root(), Key::ForeignTable(_)) {
        return None;
    }
    STRATEGIES.iter().find_map(|strategy| strategy(action, at, changes))
}

/// The plain form of everything.
pub fn plain(_action: &Action, _at: &Site, _changes: &Changes) -> Option<Phases> {
    None
}

/// Whether this table is there before and after, so that others may be using it.
fn in_use(table: &Key, changes: &Changes) -> bool {
    !changes.created.contains(table) && !changes.destroyed.contains(table)
}

/// Whether anything else of this table's columns changes in the same plan.
fn columns_move(table: &Key, changes: &Changes) -> bool {
    let of_table = |key: &Key| matches!(key, Key::Column(_)) && key.on() == Some(table);
    changes.destroyed.iter().any(of_table) || changes.altered.keys().any(of_table)
}

/// A name for a helping check that no constraint of the table has in either state: the base, or that with a number. It
/// ends otherwise than what a NOT NULL constraint is called by Postgres itself (18).
fn free_constraint(at: &Site, table: &Key, base: &str) -> String {
    let taken = |name: &str| {
        let key = Key::Constraint(Child::new(table.clone(), name));
        at.here.contains(&key) || at.there.contains(&key)
    };
    let numbered = (2..).map(|n| with_suffix(base, &format!("_{n}")));
    std::iter::once(base.to_owned()).chain(numbered).find(|name| !taken(name)).unwrap_or_else(|| base.to_owned())
}
