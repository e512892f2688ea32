//! What a statement probably does, where nothing could be run: told from its text, and always the worse of two cases.
//!
//! What the text of one statement does not tell may stand in one before it: that a table is new, on what an index is, that
//! a CHECK proves a column to hold no NULL. `Known` carries that along. `fixtures/effects/expected.sql`, which was
//! measured, is what a guess is held against.

mod alter;
mod column;
mod constraint;
mod drop;
pub mod known;
mod other;
mod types;
mod volatile;
pub mod work;

use std::collections::BTreeSet;

use pg_query::NodeEnum;
use pg_query::protobuf::{Node, ObjectType, RangeVar};

use crate::lint::guess::known::Known;
use crate::lint::tree::{Name, ranges};
use crate::observe::effect::{Effect, Effects, Scan};
use crate::observe::lock::Lock;
use crate::observe::relation::{Relation, RelationKind};

pub use crate::lint::guess::alter::works;

/// What the statement does to relations that were there before the script.
pub fn guess(node: &NodeEnum, known: &Known) -> Effects {
    let mut guess = Guess { known, effects: Effects { in_transaction: true, ..Effects::default() } };
    guess.statement(node);
    guess.effects
}

/// A guess in the making.
struct Guess<'a> {
    known: &'a Known,
    effects: Effects,
}

impl Guess<'_> {
    fn statement(&mut self, node: &NodeEnum) {
        match node {
            NodeEnum::AlterTableStmt(statement) => self.alter(statement),
            NodeEnum::IndexStmt(statement) => self.index(statement),
            NodeEnum::DropStmt(statement) => self.drop(statement),
            NodeEnum::ReindexStmt(statement) => self.reindex(statement),
            NodeEnum::CreateStmt(statement) => self.create(statement),
            NodeEnum::RenameStmt(statement) => self.rename(statement),
            NodeEnum::AlterDomainStmt(statement) => self.domain(statement),
            NodeEnum::AlterObjectSchemaStmt(statement) => {
                let kind = kind(statement.object_type());
                self.lock(kind, statement.relation.as_ref(), Lock::AccessExclusive);
            }
            NodeEnum::RefreshMatViewStmt(statement) => self.refresh(statement),
            NodeEnum::ClusterStmt(statement) => {
                self.rewrite(statement.relation.as_ref());
            }
            NodeEnum::VacuumStmt(statement) => self.vacuum(statement),
            NodeEnum::TruncateStmt(statement) => {
                for table in ranges(&statement.relations) {
                    if let Some(effect) = self.lock(RelationKind::Table, Some(table), Lock::AccessExclusive) {
                        effect.emptied = true;
                    }
                }
            }
            NodeEnum::LockStmt(statement) => {
                for table in ranges(&statement.relations) {
                    self.lock(RelationKind::Table, Some(table), mode(statement.mode));
                }
            }
            other => self.small(other),
        }
    }

    /// Locks a relation; none where the script made it.
    fn lock(&mut self, kind: RelationKind, range: Option<&RangeVar>, lock: Lock) -> Option<&mut Effect> {
        self.named(kind, &Name::of(range?), lock)
    }

    fn named(&mut self, kind: RelationKind, name: &Name, lock: Lock) -> Option<&mut Effect> {
        if self.known.is_made(name) {
            return None;
        }
        let effect = self.effects.on.entry(name.relation(kind)).or_insert_with(|| Effect::of(lock));
        effect.lock = effect.lock.max(lock);
        Some(effect)
    }

    fn rewrite(&mut self, table: Option<&RangeVar>) {
        if let Some(effect) = self.lock(RelationKind::Table, table, Lock::AccessExclusive) {
            effect.rewritten = true;
        }
    }

    fn table(&mut self, table: Option<&RangeVar>, lock: Lock) {
        self.lock(RelationKind::Table, table, lock);
    }

    fn gone(&mut self, kind: RelationKind, name: &Name) {
        if !self.known.is_made(name) {
            self.effects.dropped.insert(name.relation(kind));
        }
    }
}

impl Name {
    fn relation(&self, kind: RelationKind) -> Relation {
        Relation { kind, schema: self.schema.clone(), name: self.name.clone() }
    }
}

/// The rows are read for this.
fn reads(effect: &mut Effect, scan: Scan) {
    effect.scanned = true;
    effect.scans.insert(scan);
}

fn kind(of: ObjectType) -> RelationKind {
    match of {
        ObjectType::ObjectIndex => RelationKind::Index,
        ObjectType::ObjectView => RelationKind::View,
        ObjectType::ObjectMatview => RelationKind::MaterializedView,
        ObjectType::ObjectSequence => RelationKind::Sequence,
        ObjectType::ObjectForeignTable => RelationKind::ForeignTable,
        ObjectType::ObjectType | ObjectType::ObjectDomain => RelationKind::CompositeType,
        _ => RelationKind::Table,
    }
}

/// The number of a lock mode in `lockdefs.h`.
fn mode(number: i32) -> Lock {
    match number {
        1 => Lock::AccessShare,
        2 => Lock::RowShare,
        3 => Lock::RowExclusive,
        4 => Lock::ShareUpdateExclusive,
        5 => Lock::Share,
        6 => Lock::ShareRowExclusive,
        7 => Lock::Exclusive,
        _ => Lock::AccessExclusive,
    }
}

/// Whether an option such as `CONCURRENTLY` or `FULL` is given, and not given as off.
pub(crate) fn has_option(options: &[Node], name: &str) -> bool {
    let off = BTreeSet::from(["false", "off", "0", "no"]);
    options.iter().any(|option| match &option.node {
        Some(NodeEnum::DefElem(option)) if option.defname == name => {
            !match option.arg.as_deref().map(|arg| &arg.node) {
                Some(Some(NodeEnum::String(value))) => off.contains(value.sval.as_str()),
                Some(Some(NodeEnum::Integer(value))) => value.ival == 0,
                Some(Some(NodeEnum::Boolean(value))) => !value.boolval,
                _ => false,
            }
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests;
