//! CREATE INDEX without CONCURRENTLY on a table that others write to.

use pg_query::NodeEnum;
use pg_query::protobuf::IndexStmt;

use crate::lint::finding::Fix;
use crate::lint::rule::{Group, Rule};
use crate::lint::script::Statement;
use crate::lint::{Finding, Level};
use crate::observe::relation::RelationKind;
use crate::sql::lex::Lexer;

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
                    let message = format!("nobody can write to {table} while the index is built");
                    fixed(script.on(&RULE, statement, table, message), statement, index)
                        .help("CREATE INDEX CONCURRENTLY, in a file or step of its own outside a transaction")
                })
                .collect(),
            _ => Vec::new(),
        })
    }),
};

/// CONCURRENTLY put in, where Postgres takes it: outside a transaction, and not on a partitioned table, which only a run
/// can tell. Behind IF NOT EXISTS it would keep what an earlier failure left INVALID.
fn fixed(finding: Finding, statement: &Statement, index: &IndexStmt) -> Finding {
    let parts = statement.effects.on.keys().any(|relation| relation.kind == RelationKind::PartitionedTable);
    let fits = statement.measured && statement.transaction.is_none() && !index.if_not_exists && !parts;
    let word = Lexer::new(statement.sql).find(|token| token.is_word(statement.sql, "INDEX"));
    let bytes = word.filter(|_| fits).and_then(|word| statement.in_file(word.at.end..word.at.end));
    let fix = bytes.map(|bytes| Fix { bytes, text: " CONCURRENTLY".to_owned() });
    Finding { fix: fix.into_iter().collect(), ..finding }
}
