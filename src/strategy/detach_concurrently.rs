//! DETACH PARTITION ... CONCURRENTLY, outside a transaction: SHARE UPDATE EXCLUSIVE on the parent instead of ACCESS EXCLUSIVE.
//!
//! 1. `DETACH PARTITION ... CONCURRENTLY`: marks the partition, waits for all who use the parent, and lets go of it.
//! 2. `DROP CONSTRAINT IF EXISTS` of the check that Postgres leaves on the partition in its place
//!    (`DetachAddConstraintIfNeeded` in `tablecmds.c`): ACCESS EXCLUSIVE on the partition, which nobody reads through the
//!    parent any more.
//!
//! If step 1 is cut short the partition stays, marked as pending: queries do not see it any more, and the next plan ends
//! that with `FINALIZE`. Not where there is a default partition, which Postgres refuses; not where the partition is attached
//! again in the same plan, as its rows would be missing until then; and not below a key with expressions.

use std::collections::BTreeSet;

use crate::base::name::{Ident, object_name};
use crate::kind::statement::Statement;
use crate::kind::table::partition::parent_table;
use crate::kind::{Body, Key, Site};
use crate::plan::action::{Action, Phases, Verb};
use crate::plan::change::Changes;
use crate::strategy::in_use;

pub fn apply(action: &Action, at: &Site, changes: &Changes) -> Option<Phases> {
    let Body::Partition(partition) = at.here.get(&action.key)? else { return None };
    let own = action.key.on()?;
    let position = action.statements.iter().position(|statement| statement.sql.contains(" DETACH PARTITION "))?;
    if action.verb != Verb::Drop || action.key != *at.key || changes.created.contains(&action.key) {
        return None;
    }
    let parent = partition.parent_table();
    let default = |body: &Body| matches!(body, Body::Partition(other) if other.bound == "DEFAULT");
    let fits = in_use(own, changes)
        && !partition.pending
        && in_use(&parent, changes)
        && matches!(at.here.get(own), Some(Body::Table(_)))
        && !at.here.attachments(&parent).any(|(_, body)| default(body));
    if !fits {
        return None;
    }
    let check = check_left(at, own)?;
    let mut statements = action.statements.clone();
    let detach = statements.get_mut(position)?;
    *detach = Statement::new(format!("{} CONCURRENTLY", detach.sql)).outside();
    let drop = format!("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}", own.sql(), Ident::new(check));
    statements.insert(position + 1, Statement::new(drop));
    Some(Phases::of(vec![Vec::new(), statements]))
}

/// What Postgres calls the check (`ChooseConstraintName` in `pg_constraint.c`): after the one column that it reads, if it
/// reads one only.
fn check_left(at: &Site, own: &Key) -> Option<String> {
    let mut columns: BTreeSet<&Ident> = BTreeSet::new();
    let mut table = parent_table(at.here, own);
    while let Some(parent) = table {
        let Some(Body::Table(body)) = at.here.get(&parent) else { return None };
        let key = body.partition_by.as_deref()?;
        if key.matches('(').count() != 1 {
            return None;
        }
        columns.extend(body.partition_columns.iter().flatten());
        table = parent_table(at.here, &parent);
    }
    let column = columns.first().filter(|_| columns.len() == 1).map(|column| column.as_str());
    let taken = |name: &str| {
        at.here
            .iter()
            .any(|(key, _)| matches!(key, Key::Constraint(_)) && key.name() == name && key.schema() == own.schema())
    };
    let labels = std::iter::once("check".to_owned()).chain((1..100).map(|n| format!("check{n}")));
    labels.map(|label| object_name(own.name(), column, &label)).find(|name| !taken(name))
}
