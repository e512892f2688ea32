//! CHECK and FOREIGN KEY on a table in use: added without a look at the rows, validated later.
//!
//! 1. `ADD CONSTRAINT ... NOT VALID`: ACCESS EXCLUSIVE (CHECK) or SHARE ROW EXCLUSIVE on both tables (FOREIGN KEY), a
//!    catalog change only.
//! 2. `VALIDATE CONSTRAINT` in a later transaction: SHARE UPDATE EXCLUSIVE while the rows are read.
//!
//! If step 2 fails the constraint stays NOT VALID, and holds for new rows. Not for a foreign key of a partitioned
//! table, which Postgres can only add validated before 18; and not for one that is turned to a table which the plan makes,
//! and is empty: rows that refer to the old one must stop the transaction that drops it.

use crate::base::name::Ident;
use crate::kind::statement::Statement;
use crate::kind::table::constraint::Constraint;
use crate::kind::{Body, Key, Site};
use crate::plan::action::{Action, Phases, Verb};
use crate::plan::change::Changes;
use crate::strategy::in_use;

pub fn apply(action: &Action, at: &Site, changes: &Changes) -> Option<Phases> {
    let Body::Constraint(constraint) = at.here.get(&action.key)? else { return None };
    let table = at.key.on()?;
    let partitioned = matches!(at.here.get(table), Some(Body::Table(body)) if body.partition_by.is_some());
    let fits = action.verb == Verb::Create
        && constraint.validated
        && matches!(table, Key::Table(_))
        && in_use(table, changes)
        && (constraint.contype == "c" || constraint.contype == "f" && !partitioned && !turned(constraint, at, changes));
    if !fits {
        return None;
    }
    let mut statements = action.statements.clone();
    let first = statements.first_mut()?;
    *first = Statement::new(format!("{} NOT VALID", first.sql));
    let name = Ident::new(at.key.name());
    let validate =
        Statement::new(format!("ALTER {} VALIDATE CONSTRAINT {name}", at.on_object())).commit_before().commit_after();
    Some(Phases::of(vec![statements, vec![validate]]))
}

/// Whether a foreign key that is there now shall refer to a table that is new.
fn turned(constraint: &Constraint, at: &Site, changes: &Changes) -> bool {
    at.there.contains(at.key) && constraint.references().is_some_and(|other| !in_use(&other, changes))
}
