//! SET NOT NULL on a table in use before 18, by way of a CHECK that is validated without stopping anyone.
//!
//! 1. `ADD CONSTRAINT ... CHECK (c IS NOT NULL) NOT VALID`: ACCESS EXCLUSIVE, a catalog change only.
//! 2. `VALIDATE CONSTRAINT` in a later transaction: SHARE UPDATE EXCLUSIVE while the rows are read.
//! 3. `SET NOT NULL` and `DROP CONSTRAINT` in one more: ACCESS EXCLUSIVE; the check proves it, so nothing is read
//!    (`NotNullImpliedByRelConstraints` in `tablecmds.c`).
//!
//! Where a table comes under this one in the same plan, the checks stand on each that is under it now instead: what comes
//! would have to have a check of the parent's (`child table is missing constraint`).

use std::collections::BTreeSet;

use crate::base::name::{Ident, with_suffix};
use crate::kind::facts::Facts;
use crate::kind::statement::Statement;
use crate::kind::table::lineage;
use crate::kind::{Body, Key, Site};
use crate::plan::action::{Action, Phases, Verb};
use crate::plan::change::Changes;
use crate::strategy::{free_constraint, in_use};

pub fn apply(action: &Action, at: &Site, changes: &Changes) -> Option<Phases> {
    let Key::Column(_) = &action.key else { return None };
    let table = at.key.on()?;
    if action.verb != Verb::Alter || !in_use(table, changes) {
        return None;
    }
    let position = action.statements.iter().position(|s| s.sql.ends_with(" SET NOT NULL"))?;
    let stays = below_grows(at, table, changes);
    if stays.as_ref().is_some_and(Vec::is_empty) {
        return None;
    }
    let mut first = action.statements.clone();
    let set = first.remove(position);
    let after = first.split_off(position);
    let [check, validate, mut last] = match stays {
        Some(tables) => by_checks(at, &tables, set.sql),
        None => by_check(at, set.sql),
    };
    first.extend(check);
    last.extend(after);
    Some(Phases::of(vec![first, validate, last]))
}

/// The three steps for this column, of which the last has this SET NOT NULL.
pub fn by_check(at: &Site, set: String) -> [Vec<Statement>; 3] {
    let table = at.key.on().unwrap_or(at.key);
    by_checks(at, std::slice::from_ref(table), set)
}

/// The same with a check on each of these tables.
fn by_checks(at: &Site, tables: &[Key], set: String) -> [Vec<Statement>; 3] {
    let column = Ident::new(at.key.name());
    let named = at.key.on().unwrap_or(at.key).name();
    let base = with_suffix(&format!("{named}_{}", at.key.name()), "_is_not_null");
    let (mut add, mut validate, mut last) = (Vec::new(), Vec::new(), vec![Statement::new(set).commit_before()]);
    for table in tables {
        let check = Ident::new(free_constraint(at, table, &base));
        let alter = format!("ALTER TABLE {}", table.sql());
        add.push(Statement::new(format!("{alter} ADD CONSTRAINT {check} CHECK ({column} IS NOT NULL) NOT VALID")));
        validate.push(Statement::new(format!("{alter} VALIDATE CONSTRAINT {check}")).commit_before().commit_after());
        last.push(Statement::new(format!("{alter} DROP CONSTRAINT {check}")));
    }
    [add, validate, last]
}

/// The tables with rows that are at and under this one before and after, where others come.
fn below_grows(at: &Site, table: &Key, changes: &Changes) -> Option<Vec<Key>> {
    let (now, then) = (family(at.here, table), family(at.there, table));
    let holds_rows = |key: &&Key| matches!(at.here.get(key), Some(Body::Table(body)) if body.partition_by.is_none());
    let stays = now.intersection(&then).filter(|key| in_use(key, changes)).filter(holds_rows).cloned().collect();
    (!then.is_subset(&now)).then_some(stays)
}

/// A table with all that are under it.
fn family(facts: &Facts, table: &Key) -> BTreeSet<Key> {
    let mut found = BTreeSet::from([table.clone()]);
    let mut open = vec![table.clone()];
    while let Some(parent) = open.pop() {
        for child in lineage::children(facts, &parent) {
            if found.insert(child.clone()) {
                open.push(child.clone());
            }
        }
    }
    found
}
