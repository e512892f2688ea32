//! A statement that Postgres refuses inside a transaction, inside a transaction.

use pg_query::NodeEnum;
use pg_query::protobuf::AlterTableType;

use crate::lint::Level;
use crate::lint::guess::has_option;
use crate::lint::rule::{Group, Rule};
use crate::lint::tree::altering;

pub const RULE: Rule = Rule {
    code: "concurrently-in-transaction",
    group: Group::Blocks,
    level: Level::Error,
    title: "CONCURRENTLY stands in a transaction",
    why: "What runs CONCURRENTLY commits in between, so Postgres refuses it inside a transaction block: the migration \
          fails when it is run.",
    remedy: "Put it in a file of its own that is marked to run without a transaction, or behind the COMMIT.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let object = match statement.node() {
                Some(NodeEnum::IndexStmt(index)) if index.concurrent => index.idxname.clone(),
                Some(NodeEnum::DropStmt(drop)) if drop.concurrent => String::new(),
                Some(NodeEnum::ReindexStmt(reindex)) if has_option(&reindex.params, "concurrently") => String::new(),
                Some(node) if detaches(node) => String::new(),
                _ => return Vec::new(),
            };
            if statement.transaction.is_none() {
                return Vec::new();
            }
            let message = "Postgres refuses CONCURRENTLY inside a transaction";
            vec![statement.finding(&RULE, &object, message).help("run it outside a transaction, by itself")]
        })
    }),
};

fn detaches(node: &NodeEnum) -> bool {
    altering(node, AlterTableType::AtDetachPartition).any(|(_, command)| {
        matches!(command.def.as_deref().map(|node| &node.node),
            Some(Some(NodeEnum::PartitionCmd(partition))) if partition.concurrent)
    })
}
