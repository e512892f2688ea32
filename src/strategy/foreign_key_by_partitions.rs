//! FOREIGN KEY of a partitioned table in use: each partition gets its own first, without stopping anyone.
//!
//! Before 18 Postgres adds the foreign key of a partitioned table only validated, and reads every row of every partition
//! under SHARE ROW EXCLUSIVE. A partition that has one with the same definition already, validated, is not read: its own
//! becomes part of the parent's (`tryAttachPartitionForeignKey` in `tablecmds.c`). So does that of a table which is
//! attached to a parent with a foreign key.
//!
//! 1. `ADD CONSTRAINT ... NOT VALID` on each partition with rows, in a transaction of its own: SHARE ROW EXCLUSIVE on it and
//!    on the other table, a catalog change only.
//! 2. `VALIDATE CONSTRAINT`, each in a later transaction: SHARE UPDATE EXCLUSIVE while the rows are read.
//! 3. `ADD CONSTRAINT` on the partitioned table: SHARE ROW EXCLUSIVE, and ACCESS EXCLUSIVE on the other table, from which the
//!    triggers of the partitions' own go; a catalog change only.
//!
//! 4. `RENAME CONSTRAINT` where its name was not free before: ACCESS EXCLUSIVE on the partition, a catalog change only.
//!
//! What a cut run leaves are foreign keys of single partitions, which the next plan drops before it begins anew. Not where
//! the other table is partitioned, or new; and not where partitions come or go in the same plan.

use crate::base::name::Ident;
use crate::kind::statement::Statement;
use crate::kind::table::constraint::Constraint;
use crate::kind::table::partition::{copy, copy_of, parent_table, partitions_of};
use crate::kind::{Body, Key, Site};
use crate::plan::action::{Action, Phases, Verb};
use crate::plan::change::Changes;
use crate::strategy::{columns_move, free_constraint, in_use};

pub fn apply(action: &Action, at: &Site, changes: &Changes) -> Option<Phases> {
    let Body::Constraint(constraint) = at.here.get(&action.key)? else { return None };
    let table = at.key.on()?;
    if action.verb != Verb::Create || !is_partitioned(at, table) || !fits(constraint, at, changes) {
        return None;
    }
    let (mut add, mut validate) = (Vec::new(), Vec::new());
    let mut last = action.statements.clone();
    last.first_mut()?.hazards.clear();
    for leaf in leaves(at, table, changes)?.iter().filter(|leaf| !has_own(at, leaf, constraint)) {
        let own = Own::of(at, leaf, action.key.name(), constraint);
        add.push(own.add);
        validate.push(own.validate);
        last.extend(own.rename);
    }
    (!add.is_empty()).then(|| Phases::of(vec![add, validate, last]))
}

/// The foreign key of one table with rows.
pub struct Own {
    pub add: Statement,
    pub validate: Statement,
    /// What gives it the name of the parent's copy, once it is that.
    pub rename: Option<Statement>,
}

impl Own {
    fn of(at: &Site, table: &Key, name: &str, constraint: &Constraint) -> Self {
        let (alter, definition) = (format!("ALTER TABLE {}", table.sql()), &constraint.definition);
        let wanted = copy_of(at.here, table, definition).unwrap_or(name);
        let name = free_constraint(at, table, wanted);
        let rename = format!("{alter} RENAME CONSTRAINT {} TO {}", Ident::new(&*name), Ident::new(wanted));
        let rename = (name != wanted).then(|| Statement::new(rename));
        let name = Ident::new(name);
        Self {
            add: Statement::new(format!("{alter} ADD CONSTRAINT {name} {definition} NOT VALID")).commit_before(),
            validate: Statement::new(format!("{alter} VALIDATE CONSTRAINT {name}")).commit_before().commit_after(),
            rename,
        }
    }
}

/// Those that a table gets before it is attached, for each foreign key of what will be above it.
pub fn before_attached(at: &Site, table: &Key, changes: &Changes) -> Vec<Own> {
    let mut all = Vec::new();
    let mut above = parent_table(at.here, table);
    while let Some(parent) = above.filter(|_| !is_partitioned(at, table)) {
        let keys = at.here.standing_on(&parent).filter(|(key, body)| at.there.get(key) == Some(*body));
        for (key, body) in keys {
            if let (Key::Constraint(_), Body::Constraint(constraint)) = (key, body)
                && fits(constraint, &at.of(key), changes)
                && !has_own(at, table, constraint)
            {
                all.push(Own::of(at, table, key.name(), constraint));
            }
        }
        above = parent_table(at.here, &parent);
    }
    all
}

/// Whether the table has one already that the parent will adopt.
fn has_own(at: &Site, table: &Key, constraint: &Constraint) -> bool {
    let adopted = |key: &Key| copy(at.here, table, key.name()) == Some(&constraint.definition);
    at.there.standing_on(table).any(|(key, body)| match body {
        Body::Constraint(own) => own.definition == constraint.definition && adopted(key),
        _ => false,
    })
}

/// Whether it is a valid foreign key between tables whose rows are now what they will be then.
fn fits(constraint: &Constraint, at: &Site, changes: &Changes) -> bool {
    let stays = |table: &Key| in_use(table, changes) && !columns_move(table, changes);
    let other = constraint.references().filter(|other| stays(other) && !is_partitioned(at, other));
    constraint.contype == "f" && constraint.validated && other.is_some() && at.key.on().is_some_and(stays)
}

fn is_partitioned(at: &Site, table: &Key) -> bool {
    matches!(at.here.get(table), Some(Body::Table(body)) if body.partition_by.is_some())
}

/// The partitions with rows, at any depth; none where one comes, goes or changes in the same plan, or is no plain table.
fn leaves(at: &Site, table: &Key, changes: &Changes) -> Option<Vec<Key>> {
    let mut found = Vec::new();
    for attachment in partitions_of(at.here, table) {
        let partition = attachment.on()?;
        let steady = in_use(&attachment, changes) && in_use(partition, changes) && !columns_move(partition, changes);
        if !steady || !matches!(partition, Key::Table(_)) {
            return None;
        }
        if is_partitioned(at, partition) {
            found.extend(leaves(at, partition, changes)?)
        } else {
            found.push(partition.clone())
        }
    }
    Some(found)
}
