//! REINDEX without CONCURRENTLY.

use pg_query::NodeEnum;
use pg_query::protobuf::{ReindexObjectType as Type, ReindexStmt};

use crate::lint::finding::Fix;
use crate::lint::guess::has_option;
use crate::lint::rule::{Group, Rule};
use crate::lint::script::Statement;
use crate::lint::{Finding, Level};
use crate::sql::lex::Lexer;

pub const RULE: Rule = Rule {
    code: "reindex-not-concurrent",
    group: Group::Blocks,
    level: Level::Error,
    title: "an index is built anew while nobody can work",
    why: "REINDEX holds a SHARE lock on the table until the index is built, so that nobody can insert, update or \
          delete, and an ACCESS EXCLUSIVE lock on the index, so that queries that would use it wait too.",
    remedy: "REINDEX ... CONCURRENTLY, outside a transaction, builds the new index beside the old one and lets \
             everybody go on. After a failure it leaves an INVALID index whose name ends in _ccnew, to be dropped \
             before it is tried again.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| match statement.node() {
            Some(NodeEnum::ReindexStmt(reindex)) if !has_option(&reindex.params, "concurrently") => {
                // The table where it is known, else the index.
                let tables = statement.blocks_long().next().is_some();
                let on = statement.effects.on.iter().filter(|(_, effect)| effect.blocks_long());
                let mut found: Vec<Finding> = on
                    .filter(|(relation, _)| relation.has_rows() || !tables && relation.is_index())
                    .map(|(relation, _)| {
                        let message = format!("nobody can write to {relation} while its index is built anew");
                        script.on(&RULE, statement, relation, message)
                    })
                    .collect();
                if matches!(reindex.kind(), Type::ReindexObjectSchema | Type::ReindexObjectDatabase) && found.is_empty() {
                    let message = "nobody can write to a table while its indexes are built anew";
                    found.push(statement.finding(&RULE, &reindex.name, message));
                }
                let help = "REINDEX ... CONCURRENTLY, outside a transaction";
                found.into_iter().map(|finding| fixed(finding, statement, reindex).help(help)).collect()
            }
            _ => Vec::new(),
        })
    }),
};

fn fixed(finding: Finding, statement: &Statement, reindex: &ReindexStmt) -> Finding {
    let word = match reindex.kind() {
        Type::ReindexObjectIndex => "INDEX",
        Type::ReindexObjectTable => "TABLE",
        Type::ReindexObjectSchema => "SCHEMA",
        Type::ReindexObjectDatabase => "DATABASE",
        _ => return finding,
    };
    let word = Lexer::new(statement.sql).find(|token| token.is_word(statement.sql, word));
    let outside = statement.transaction.is_none();
    let bytes = word.filter(|_| outside).and_then(|word| statement.in_file(word.at.end..word.at.end));
    let fix = bytes.map(|bytes| Fix { bytes, text: " CONCURRENTLY".to_owned() });
    Finding { fix: fix.into_iter().collect(), ..finding }
}
