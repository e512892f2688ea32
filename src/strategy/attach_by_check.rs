//! ATTACH PARTITION of a table in use, or beside a default partition in use, without reading either under its lock.
//!
//! ATTACH PARTITION holds ACCESS EXCLUSIVE on the table that it attaches, and on the default partition, while it looks
//! whether all rows are where they belong. A CHECK that says so already spares it the look
//! (`ConstraintImpliedByRelConstraint` in `tablecmds.c`).
//!
//! 1. `ADD CONSTRAINT ... CHECK (...) NOT VALID`: ACCESS EXCLUSIVE, a catalog change only.
//! 2. `VALIDATE CONSTRAINT` in a later transaction: SHARE UPDATE EXCLUSIVE while the rows are read.
//!    The same for each foreign key of the parent, which the table will have as well (`foreign_key_by_partitions`).
//! 3. `ATTACH PARTITION`, and `DROP CONSTRAINT` of the checks: SHARE UPDATE EXCLUSIVE on the parent, ACCESS EXCLUSIVE on the two others, a
//!    catalog change only.
//!
//! From step 1 on the default partition refuses rows that belong into the new one, which is not there yet. If step 2
//! fails the check is left behind NOT VALID. Not below a hash, whose condition no check can say; not for what is a
//! partition until then, unless its new bounds take all that the old ones took (`wider`); and the check beside a default partition proves it only where one partition
//! comes at a time: where it does not, the proof sees the look.

mod wider;

use crate::base::name::{Ident, with_suffix};
use crate::kind::facts::Facts;
use crate::kind::statement::Statement;
use crate::kind::table::partition::Partition;
use crate::kind::{Body, Key, Site};
use crate::plan::action::{Action, Phases, Verb};
use crate::plan::change::Changes;
use crate::strategy::attach_by_check::wider::widens;
use crate::strategy::foreign_key_by_partitions::before_attached;
use crate::strategy::{columns_move, free_constraint, in_use};

/// How the name of a helping check ends, but for a number.
pub const FITS: &str = "_fits_partition";

pub fn apply(action: &Action, at: &Site, changes: &Changes) -> Option<Phases> {
    let Body::Partition(partition) = at.here.get(&action.key)? else { return None };
    let own = action.key.on()?;
    let attaches = action.statements.iter().any(|statement| statement.sql.contains(" ATTACH PARTITION "));
    if action.verb != Verb::Create || !attaches || takes_others(partition, at) {
        return None;
    }
    let checked = [Some((own, partition)), default_beside(at, partition, own)].into_iter().flatten();
    let (mut add, mut validate, mut after) = (Vec::new(), Vec::new(), Vec::new());
    for (table, partition) in checked.filter(|(table, _)| fits(at, table, changes)) {
        let Some(condition) = &partition.constraint.0 else { continue };
        let whose = if table == own { table.name().to_owned() } else { format!("{}_{}", table.name(), own.name()) };
        let name = Ident::new(free_constraint(at, table, &with_suffix(&whose, FITS)));
        let alter = format!("ALTER TABLE {}", table.sql());
        add.push(Statement::new(format!("{alter} ADD CONSTRAINT {name} CHECK ({condition}) NOT VALID")));
        validate.push(Statement::new(format!("{alter} VALIDATE CONSTRAINT {name}")).commit_before().commit_after());
        after.push(Statement::new(format!("{alter} DROP CONSTRAINT {name}")));
    }
    // What is a partition now keeps its copies of them when it is detached.
    if !at.there.contains(&action.key) && fits(at, own, changes) {
        for key in before_attached(at, own, changes) {
            add.push(key.add);
            validate.push(key.validate);
            after.extend(key.rename);
        }
    }
    if add.is_empty() {
        return None;
    }
    add.extend(validate);
    let mut statements = action.statements.clone();
    statements.extend(after);
    Some(Phases { prepare: add, then: vec![statements] })
}

/// Whether it is a partition now and takes rows that the check would refuse before it has its new bounds.
fn takes_others(partition: &Partition, at: &Site) -> bool {
    let Some(before) = at.there.get(at.key) else { return false };
    let Body::Partition(before) = before else { return true };
    let key = |facts: &'_ Facts, partition: &Partition| match facts.get(&partition.parent_table()) {
        Some(Body::Table(table)) => table.partition_by.clone(),
        _ => None,
    };
    let same_key = key(at.there, before) == key(at.here, partition);
    before.pending || !same_key || !widens(&before.bound, &partition.bound)
}

/// Whether others may be using the table, and its rows are by now what they will be when it is attached.
fn fits(at: &Site, table: &Key, changes: &Changes) -> bool {
    let here = [at.here, at.there].iter().all(|facts| matches!(facts.get(table), Some(Body::Table(_))));
    here && in_use(table, changes) && !columns_move(table, changes)
}

/// The default partition of the same parent, with what it says once this one is attached.
fn default_beside<'a>(at: &Site<'a>, partition: &Partition, table: &Key) -> Option<(&'a Key, &'a Partition)> {
    let parent = partition.parent_table();
    at.here.attachments(&parent).find_map(|(key, body)| match body {
        Body::Partition(other) if other.bound == "DEFAULT" && key.on() != Some(table) => Some((key.on()?, other)),
        _ => None,
    })
}
