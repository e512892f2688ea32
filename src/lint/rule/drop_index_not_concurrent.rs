//! DROP INDEX without CONCURRENTLY.

use pg_query::NodeEnum;
use pg_query::protobuf::{DropBehavior, DropStmt, ObjectType};

use crate::lint::finding::Fix;
use crate::lint::rule::{Group, Rule};
use crate::lint::script::{Script, Statement};
use crate::lint::{Finding, Level};
use crate::observe::relation::RelationKind;
use crate::sql::lex::Lexer;

pub const RULE: Rule = Rule {
    code: "drop-index-not-concurrent",
    group: Group::Blocks,
    level: Level::Warning,
    title: "an index is dropped under the strongest lock",
    why: "DROP INDEX takes an ACCESS EXCLUSIVE lock on the table: it waits for all who read it, and all who come \
          later wait behind it.",
    remedy: "DROP INDEX CONCURRENTLY, outside a transaction, lets everybody go on. A partitioned index has no such \
             form; then set a short lock_timeout and try again until it gets through.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| match statement.node() {
            Some(NodeEnum::DropStmt(drop)) if drop.remove_type() == ObjectType::ObjectIndex && !drop.concurrent => {
                let dropped = statement.effects.dropped.iter().filter(|index| index.kind == RelationKind::Index);
                let left = dropped.filter(|index| !is_swapped(script, statement, &index.name));
                left.map(|index| {
                    let message = format!("nobody can use the table of {index} until all who read it now are done");
                    let finding = statement.finding(&RULE, &index.to_string(), message);
                    fixed(finding, statement, drop).help("DROP INDEX CONCURRENTLY, outside a transaction")
                })
                .collect()
            }
            _ => Vec::new(),
        })
    }),
};

/// Whether another index gets the name in the same transaction: the new one of the two must be there when the old one
/// goes, which CONCURRENTLY cannot promise.
fn is_swapped(script: &Script, statement: &Statement, name: &str) -> bool {
    statement.transaction.is_some()
        && script.statements.iter().filter(|other| other.transaction == statement.transaction).any(|other| {
            matches!(other.node(), Some(NodeEnum::RenameStmt(rename))
                if rename.rename_type() == ObjectType::ObjectIndex && rename.newname == name)
        })
}

/// CONCURRENTLY put in, where Postgres takes it: one index, outside a transaction, and nothing that hangs on it.
fn fixed(finding: Finding, statement: &Statement, drop: &DropStmt) -> Finding {
    let fits = statement.transaction.is_none()
        && drop.objects.len() == 1
        && drop.behavior() != DropBehavior::DropCascade;
    let word = Lexer::new(statement.sql).find(|token| token.is_word(statement.sql, "INDEX"));
    let bytes = word.filter(|_| fits).and_then(|word| statement.in_file(word.at.end..word.at.end));
    let fix = bytes.map(|bytes| Fix { bytes, text: " CONCURRENTLY".to_owned() });
    Finding { fix: fix.into_iter().collect(), ..finding }
}
