//! SET NOT NULL on a table in use where NOT NULL is a constraint (18): added without a look at the rows, validated later.
//!
//! 1. `ADD CONSTRAINT ... NOT NULL c NOT VALID`, under the name that SET NOT NULL would give: ACCESS EXCLUSIVE, a catalog
//!    change only. It holds for new rows.
//! 2. `VALIDATE CONSTRAINT` in a later transaction: SHARE UPDATE EXCLUSIVE while the rows are read.
//!
//! If step 2 fails the constraint stays NOT VALID, and the next plan validates it. Before 18 a CHECK does it
//! (`not_null_by_check`).

use crate::kind::statement::Statement;
use crate::kind::table::column::not_null::NotNull;
use crate::kind::{Body, Key, Site};
use crate::plan::action::{Action, Phases, Verb};
use crate::plan::change::Changes;
use crate::strategy::in_use;
use crate::strategy::not_null_by_check::by_check;

pub fn apply(action: &Action, at: &Site, changes: &Changes) -> Option<Phases> {
    let (Body::Column(from), Body::Column(to)) = (at.here.get(&action.key)?, at.there.get(&action.key)?) else {
        return None;
    };
    let constraint = to.not_null_constraint.as_ref().filter(|constraint| constraint.validated && !from.not_null)?;
    if action.verb != Verb::Alter || !matches!(action.key, Key::Column(_)) || !in_use(at.key.on()?, changes) {
        return None;
    }
    let position = action.statements.iter().position(|statement| makes_not_null(&statement.sql))?;
    let [add, validate] = parts(constraint, at);
    let mut statements = action.statements.clone();
    statements[position] = add;
    Some(Phases::of(vec![statements, vec![validate]]))
}

/// The steps that make a column NOT NULL which is not so yet, as the version can: the last does what this SET NOT NULL would,
/// and has nothing to do where that was done before.
pub fn in_steps(at: &Site, set: String) -> [Vec<Statement>; 3] {
    let desired = [at.there, at.here].into_iter().find_map(|facts| match facts.get(at.key) {
        Some(Body::Column(column)) => column.not_null_constraint.as_ref(),
        _ => None,
    });
    match desired {
        Some(constraint) => {
            let [add, validate] = parts(constraint, at);
            [vec![add], vec![validate], Vec::new()]
        }
        None => by_check(at, set),
    }
}

fn parts(constraint: &NotNull, at: &Site) -> [Statement; 2] {
    let [add, validate] = constraint.in_two(at);
    [add, validate.commit_before().commit_after()]
}

fn makes_not_null(sql: &str) -> bool {
    sql.ends_with(" SET NOT NULL") || sql.contains(" ADD CONSTRAINT ") && sql.contains(" NOT NULL ")
}
