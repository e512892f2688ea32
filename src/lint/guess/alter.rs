//! ALTER TABLE, subcommand by subcommand: `AlterTableGetLockLevel` in `tablecmds.c`, and what each does to the rows.

use pg_query::NodeEnum;
use pg_query::protobuf::{
    AlterTableCmd, AlterTableStmt, AlterTableType as Type, Node, ObjectType, PartitionCmd, RangeVar,
};

use crate::lint::guess::known::Known;
use crate::lint::guess::work::{Sure, Why, Work};
use crate::lint::guess::{Guess, column, constraint, kind, reads};
use crate::lint::tree::Name;
use crate::observe::effect::Scan;
use crate::observe::lock::Lock;
use crate::observe::relation::RelationKind;

/// What each subcommand of an ALTER TABLE does, in their order; nothing for other statements.
pub fn works(node: &NodeEnum, known: &Known) -> Vec<Work> {
    let NodeEnum::AlterTableStmt(statement) = node else { return Vec::new() };
    let Some(table) = statement.relation.as_ref().map(Name::of) else { return Vec::new() };
    commands(statement).map(|command| work(command, &table, statement.objtype(), known)).collect()
}

pub(super) fn commands(statement: &AlterTableStmt) -> impl Iterator<Item = &AlterTableCmd> {
    statement.cmds.iter().filter_map(|command| match &command.node {
        Some(NodeEnum::AlterTableCmd(command)) => Some(command.as_ref()),
        _ => None,
    })
}

impl Guess<'_> {
    pub(super) fn alter(&mut self, statement: &AlterTableStmt) {
        let Some(table) = statement.relation.as_ref().map(Name::of) else { return };
        let kind = kind(statement.objtype());
        // A new table has few rows to look up in another one.
        let filled = !self.known.is_made(&table);
        for command in commands(statement) {
            self.concurrently(command);
            let work = work(command, &table, statement.objtype(), self.known);
            if let Some(effect) = self.named(kind, &table, work.lock) {
                effect.rewritten |= work.rewrites > Sure::No;
                if work.checks > Sure::No {
                    reads(effect, Scan::Constraints);
                }
                for index in work.builds {
                    reads(effect, Scan::Index(index));
                }
                for key in &work.foreign_keys {
                    reads(effect, Scan::ForeignKey(key.clone()));
                }
            }
            for (other, lock, read) in work.others {
                let key = work.foreign_keys.first().cloned();
                if let Some(effect) =
                    self.named(RelationKind::Table, &other, lock).filter(|_| read && (filled || key.is_none()))
                {
                    reads(effect, key.map_or(Scan::Constraints, Scan::ForeignKey));
                }
            }
        }
    }

    fn concurrently(&mut self, command: &AlterTableCmd) {
        if partition(command).is_some_and(|partition| partition.concurrent) {
            self.effects.in_transaction = false;
        }
    }
}

pub(super) fn partition(command: &AlterTableCmd) -> Option<&PartitionCmd> {
    match definition(command)? {
        NodeEnum::PartitionCmd(partition) => Some(partition),
        _ => None,
    }
}

fn definition(command: &AlterTableCmd) -> Option<&NodeEnum> {
    command.def.as_deref().and_then(|node: &Node| node.node.as_ref())
}

fn work(command: &AlterTableCmd, table: &Name, object: ObjectType, known: &Known) -> Work {
    let moment = Work::of(Lock::AccessExclusive);
    match (command.subtype(), definition(command)) {
        // What is said of an index stops those who want that, and no table.
        (Type::AtSetRelOptions | Type::AtResetRelOptions, options) if !user_catalog(options) => {
            Work::of(if object == ObjectType::ObjectView { Lock::AccessExclusive } else { Lock::ShareUpdateExclusive })
        }
        (
            Type::AtSetStatistics | Type::AtSetOptions | Type::AtResetOptions | Type::AtClusterOn | Type::AtDropCluster,
            _,
        ) => Work::of(Lock::ShareUpdateExclusive),
        (Type::AtValidateConstraint, _) => Work { checks: Sure::Yes, ..Work::of(Lock::ShareUpdateExclusive) },
        (
            Type::AtEnableTrig
            | Type::AtEnableAlwaysTrig
            | Type::AtEnableReplicaTrig
            | Type::AtDisableTrig
            | Type::AtEnableTrigAll
            | Type::AtDisableTrigAll
            | Type::AtEnableTrigUser
            | Type::AtDisableTrigUser,
            _,
        ) => Work::of(Lock::ShareRowExclusive),
        (Type::AtAddColumn, Some(NodeEnum::ColumnDef(column))) => column::added(column, table, known),
        (Type::AtAlterColumnType, Some(NodeEnum::ColumnDef(column))) => {
            column::retyped(&command.name, column, table, known)
        }
        (Type::AtAddConstraint, Some(NodeEnum::Constraint(constraint))) => constraint::added(constraint, table, known),
        (Type::AtSetNotNull, _) if !known.proves_not_null(table, &command.name) => {
            Work { checks: Sure::Maybe, ..moment }
        }
        (Type::AtSetExpression, _) => Work::rewriting(Lock::AccessExclusive, Sure::Maybe, Why::Generated),
        (Type::AtSetLogged | Type::AtSetUnLogged, _) => {
            Work::rewriting(Lock::AccessExclusive, Sure::Maybe, Why::Logged)
        }
        (Type::AtSetAccessMethod, _) => Work::rewriting(Lock::AccessExclusive, Sure::Maybe, Why::AccessMethod),
        (Type::AtSetTableSpace, _) => Work::rewriting(Lock::AccessExclusive, Sure::Maybe, Why::Tablespace),
        (Type::AtAddInherit | Type::AtDropInherit, Some(NodeEnum::RangeVar(parent))) => {
            Work { others: vec![(Name::of(parent), Lock::ShareUpdateExclusive, false)], ..moment }
        }
        (Type::AtAttachPartition, Some(NodeEnum::PartitionCmd(partition))) => attach(partition, table, object, known),
        (Type::AtDetachPartition, Some(NodeEnum::PartitionCmd(partition))) => {
            let parent = if partition.concurrent { Lock::ShareUpdateExclusive } else { Lock::AccessExclusive };
            with_partition(parent, partition.name.as_ref(), Lock::AccessExclusive, false)
        }
        (Type::AtDetachPartitionFinalize, Some(NodeEnum::PartitionCmd(partition))) => {
            with_partition(Lock::ShareUpdateExclusive, partition.name.as_ref(), Lock::AccessExclusive, false)
        }
        _ => moment,
    }
}

/// The rows of the partition are read, unless a CHECK proves that they fit; those of a default partition too.
fn attach(partition: &PartitionCmd, parent: &Name, object: ObjectType, known: &Known) -> Work {
    if object == ObjectType::ObjectIndex {
        return Work::of(Lock::ShareUpdateExclusive);
    }
    let fits = partition.name.as_ref().is_some_and(|table| known.fits(&Name::of(table), partition.bound.as_ref()));
    let mut work = with_partition(Lock::ShareUpdateExclusive, partition.name.as_ref(), Lock::AccessExclusive, !fits);
    work.others.extend(known.default_of(parent).map(|default| (default.clone(), Lock::AccessExclusive, true)));
    work
}

fn with_partition(parent: Lock, partition: Option<&RangeVar>, lock: Lock, read: bool) -> Work {
    Work { others: partition.map(|table| (Name::of(table), lock, read)).into_iter().collect(), ..Work::of(parent) }
}

/// The one storage option that takes the strong lock.
fn user_catalog(options: Option<&NodeEnum>) -> bool {
    let Some(NodeEnum::List(options)) = options else { return false };
    options
        .items
        .iter()
        .any(|option| matches!(&option.node, Some(NodeEnum::DefElem(option)) if option.defname == "user_catalog_table"))
}
