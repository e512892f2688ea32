//! What a statement works on, by its text.

use pg_query::NodeEnum;
use pg_query::protobuf::{AlterTableType, DropStmt, IndexStmt, ObjectType, RangeVar, ReindexObjectType};

use crate::base::name::Ident;
use crate::migrate::probe::Target;
use crate::sql::parser::parse;

/// How the blocks of our own begin that look at what is there first: rows are filled where they are not, or compared.
const REPEATABLE: [&str; 2] = ["DO $backfill$", "DO $look$"];

const DATABASE: &str = "SELECT oid::text FROM pg_catalog.pg_database WHERE datname = $1";
const TABLESPACE: &str = "SELECT oid::text FROM pg_catalog.pg_tablespace WHERE spcname = $1";
const SUBSCRIPTION: &str = "SELECT oid::text FROM pg_catalog.pg_subscription WHERE subname = $1";

impl Target {
    pub fn of(sql: &str) -> Self {
        if REPEATABLE.iter().any(|start| sql.starts_with(start)) {
            return Self::Repeatable;
        }
        let Ok(parsed) = parse(sql) else { return Self::Unknown };
        let node = parsed.tree.stmts.first().and_then(|stmt| stmt.stmt.as_ref()?.node.as_ref());
        match node {
            Some(NodeEnum::IndexStmt(index)) if index.concurrent => built(index),
            Some(NodeEnum::DropStmt(drop)) if drop.concurrent => Self::Gone { names: dropped(drop) },
            Some(NodeEnum::ReindexStmt(reindex)) => {
                let one = matches!(
                    reindex.kind(),
                    ReindexObjectType::ReindexObjectIndex | ReindexObjectType::ReindexObjectTable
                );
                Self::Rebuilt { relation: reindex.relation.as_ref().filter(|_| one).map(name) }
            }
            Some(NodeEnum::AlterTableStmt(alter)) => detached(alter).unwrap_or(Self::Unknown),
            Some(NodeEnum::CreatedbStmt(create)) => Self::Named { query: DATABASE, name: create.dbname.clone() },
            Some(NodeEnum::DropdbStmt(drop)) => Self::Named { query: DATABASE, name: drop.dbname.clone() },
            Some(NodeEnum::CreateTableSpaceStmt(create)) => {
                Self::Named { query: TABLESPACE, name: create.tablespacename.clone() }
            }
            Some(NodeEnum::DropTableSpaceStmt(drop)) => {
                Self::Named { query: TABLESPACE, name: drop.tablespacename.clone() }
            }
            Some(NodeEnum::CreateSubscriptionStmt(create)) => {
                Self::Named { query: SUBSCRIPTION, name: create.subname.clone() }
            }
            Some(NodeEnum::DropSubscriptionStmt(drop)) => {
                Self::Named { query: SUBSCRIPTION, name: drop.subname.clone() }
            }
            Some(
                NodeEnum::VacuumStmt(_)
                | NodeEnum::ClusterStmt(_)
                | NodeEnum::CheckPointStmt(_)
                | NodeEnum::AlterSystemStmt(_)
                | NodeEnum::RefreshMatViewStmt(_),
            ) => Self::Repeatable,
            _ => Self::Unknown,
        }
    }
}

fn built(index: &IndexStmt) -> Target {
    match &index.relation {
        Some(table) if !index.idxname.is_empty() => Target::Index { name: index.idxname.clone(), table: name(table) },
        _ => Target::Nameless,
    }
}

fn dropped(drop: &DropStmt) -> Vec<String> {
    if drop.remove_type() != ObjectType::ObjectIndex {
        return Vec::new();
    }
    let lists = drop.objects.iter().filter_map(|object| match &object.node {
        Some(NodeEnum::List(list)) => Some(&list.items),
        _ => None,
    });
    let part = |node: &pg_query::protobuf::Node| match &node.node {
        Some(NodeEnum::String(string)) => Some(Ident::new(string.sval.clone()).to_string()),
        _ => None,
    };
    lists.map(|parts| parts.iter().filter_map(part).collect::<Vec<_>>().join(".")).collect()
}

fn detached(alter: &pg_query::protobuf::AlterTableStmt) -> Option<Target> {
    let parent = alter.relation.as_ref()?;
    alter.cmds.iter().find_map(|command| {
        let Some(NodeEnum::AlterTableCmd(command)) = &command.node else { return None };
        if command.subtype() != AlterTableType::AtDetachPartition {
            return None;
        }
        let Some(NodeEnum::PartitionCmd(part)) = &command.def.as_ref()?.node else { return None };
        let partition = part.name.as_ref().filter(|_| part.concurrent)?;
        Some(Target::Detached { parent: name(parent), partition: name(partition) })
    })
}

/// A table as SQL names it.
fn name(relation: &RangeVar) -> String {
    let own = Ident::new(relation.relname.clone()).to_string();
    if relation.schemaname.is_empty() { own } else { format!("{}.{own}", Ident::new(relation.schemaname.clone())) }
}
