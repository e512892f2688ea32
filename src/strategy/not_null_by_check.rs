//! SET NOT NULL on a table in use, by way of a CHECK that is validated without stopping anyone.
//!
//! 1. `ADD CONSTRAINT ... CHECK (c IS NOT NULL) NOT VALID`: ACCESS EXCLUSIVE, a catalog change only.
//! 2. `VALIDATE CONSTRAINT` in a later transaction: SHARE UPDATE EXCLUSIVE while the rows are read.
//! 3. `SET NOT NULL` and `DROP CONSTRAINT` in one more: ACCESS EXCLUSIVE; the check proves it, so nothing is read
//!    (`NotNullImpliedByRelConstraints` in `tablecmds.c`).

use crate::base::name::Ident;
use crate::kind::statement::Statement;
use crate::kind::{Key, Site};
use crate::plan::action::{Action, Phases, Verb};
use crate::plan::change::Changes;
use crate::strategy::index_concurrently::short;
use crate::strategy::{free_constraint, in_use};

pub fn apply(action: &Action, at: &Site, changes: &Changes) -> Option<Phases> {
    let Key::Column(_) = &action.key else { return None };
    let table = at.key.on()?;
    if action.verb != Verb::Alter || !in_use(table, changes) {
        return None;
    }
    let position = action.statements.iter().position(|s| s.sql.ends_with(" SET NOT NULL"))?;
    let mut first = action.statements.clone();
    let set = first.remove(position);
    let after = first.split_off(position);
    let [check, validate, mut last] = by_check(at, set.sql);
    first.extend(check);
    last.extend(after);
    Some(Phases::of(vec![first, validate, last]))
}

/// The three steps for this column, of which the last has this SET NOT NULL.
pub fn by_check(at: &Site, set: String) -> [Vec<Statement>; 3] {
    let column = Ident::new(at.key.name());
    let table = at.key.on().unwrap_or(at.key);
    let base = short(&format!("{}_{}", table.name(), at.key.name()), "_is_not_null");
    let check = Ident::new(free_constraint(at, table, &base));
    let alter = format!("ALTER {}", at.on_object());
    let add = Statement::new(format!("{alter} ADD CONSTRAINT {check} CHECK ({column} IS NOT NULL) NOT VALID"));
    let validate = Statement::new(format!("{alter} VALIDATE CONSTRAINT {check}")).commit_before().commit_after();
    let set = Statement::new(set).commit_before();
    [vec![add], vec![validate], vec![set, Statement::new(format!("{alter} DROP CONSTRAINT {check}"))]]
}
