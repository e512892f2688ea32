//! A password or key in the text of a migration.

mod text;

use std::ops::Range;

use pg_query::NodeEnum;
use pg_query::protobuf::Node;

use crate::lint::rule::secret_in_sql::text::{Sort, secrets};
use crate::lint::rule::{Group, Rule};
use crate::lint::script::Statement;
use crate::lint::{Finding, Level};
use crate::sql::lex::{Kind, Lexer};

/// Whether the rule may find anything in this text.
pub fn may_find(sql: &str) -> bool {
    text::may_hold_one(sql)
}

pub const RULE: Rule = Rule {
    code: "secret-in-sql",
    group: Group::Secure,
    level: Level::Error,
    title: "a password or key stands in the SQL",
    why: "Whoever can read the repository, its history, the server's log or pg_stat_activity can read it, for as long as \
          those are kept. It cannot be changed without a new migration.",
    remedy: "Set it outside of the migrations, from where secrets are kept, and change the one that was written down: it is \
             known.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let mut found = of_options(statement);
            let of_statement = found.len();
            for (sort, bytes) in secrets(statement.sql) {
                // What an option already tells is not told again.
                let told = |finding: &Finding| finding.at.as_ref().is_some_and(|at| Some(at.bytes.clone()) == statement.in_file(bytes.clone()));
                if of_statement == 0 || !found.iter().any(told) {
                    found.push(finding(statement, sort, Some(bytes)));
                }
            }
            found
        })
    }),
};

/// The message says where it is and what for, never what it is.
fn finding(statement: &Statement, sort: Sort, bytes: Option<Range<usize>>) -> Finding {
    let finding = statement.finding(&RULE, "", format!("{sort} stands in the SQL"));
    let finding = finding.help("take it out and change it: what was once committed is known");
    match bytes {
        Some(bytes) => statement.bytes(finding, bytes),
        None => finding,
    }
}

/// Passwords of roles, of foreign servers and of those who use them.
fn of_options(statement: &Statement) -> Vec<Finding> {
    let (options, sort) = match statement.node() {
        Some(NodeEnum::CreateRoleStmt(create)) => (&create.options, Sort::RolePassword),
        Some(NodeEnum::AlterRoleStmt(alter)) => (&alter.options, Sort::RolePassword),
        Some(NodeEnum::CreateUserMappingStmt(create)) => (&create.options, Sort::ServerPassword),
        Some(NodeEnum::AlterUserMappingStmt(alter)) => (&alter.options, Sort::ServerPassword),
        Some(NodeEnum::CreateForeignServerStmt(create)) => (&create.options, Sort::ServerPassword),
        Some(NodeEnum::AlterForeignServerStmt(alter)) => (&alter.options, Sort::ServerPassword),
        _ => return Vec::new(),
    };
    options.iter().filter_map(|node| of_option(statement, node, sort)).collect()
}

fn of_option(statement: &Statement, node: &Node, sort: Sort) -> Option<Finding> {
    let Some(NodeEnum::DefElem(option)) = &node.node else { return None };
    let named = ["password", "passwd", "secret", "api_key", "secret_key", "token"].contains(&option.defname.as_str());
    let Some(NodeEnum::String(value)) = option.arg.as_ref().and_then(|arg| arg.node.as_ref()) else { return None };
    if !named || value.sval.is_empty() || text::is_placeholder(&value.sval) {
        return None;
    }
    // The literal behind the option's name.
    let start = statement.offset(option.location);
    let literal = start.and_then(|start| {
        Lexer::starting(statement.sql, start).find(|token| matches!(token.kind, Kind::Text | Kind::Dollar))
    });
    let found = finding(statement, sort, literal.map(|token| token.at));
    // A verifier lets nobody log in by itself, but can be guessed against.
    let hashed = value.sval.starts_with("SCRAM-SHA-256$") || (value.sval.starts_with("md5") && value.sval.len() == 35);
    Some(if hashed { found.level(Level::Warning) } else { found })
}
