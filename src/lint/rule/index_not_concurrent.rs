//! CREATE INDEX without CONCURRENTLY on a table that others write to.

use pg_query::NodeEnum;

use crate::lint::Level;
use crate::lint::rule::{Group, Rule};

pub const RULE: Rule = Rule {
    code: "index-not-concurrent",
    group: Group::Blocks,
    level: Level::Error,
    title: "an index is built while writers wait",
    why: "CREATE INDEX holds a SHARE lock on the table until the index is built: nobody can insert, update or delete.",
    remedy: "CREATE INDEX CONCURRENTLY, outside a transaction, takes longer and lets everybody go on. After a failure \
             it leaves an INVALID index, to be dropped before it is tried again.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| match statement.node() {
            Some(NodeEnum::IndexStmt(index)) if !index.concurrent => statement
                .blocks_long()
                .map(|(table, _)| {
                    script
                        .on(&RULE, statement, table, format!("nobody can write to {table} while the index is built"))
                        .help("CREATE INDEX CONCURRENTLY, in a file or step of its own outside a transaction")
                })
                .collect(),
            _ => Vec::new(),
        })
    }),
};
