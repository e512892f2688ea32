//! SQL that Postgres cannot read.

use crate::lint::Level;
use crate::lint::rule::{Group, Rule};
use crate::sql::split::{Class, Statement};
use crate::sql::syntax::syntax_errors;

pub const RULE: Rule = Rule {
    code: "syntax-error",
    group: Group::File,
    level: Level::Error,
    title: "a statement cannot be read",
    why: "Postgres refuses a statement that its grammar does not accept, and with it the migration: all that stands \
             behind it does not run.",
    remedy: "Correct it at the place that is marked, which is the first word that cannot follow what stands before \
             it.",
    plan: None,
    script: Some(|script| {
        let sql = script.file.iter().filter(|statement| statement.class != Class::Meta);
        let unread = sql.zip(&script.statements).filter(|(_, parsed)| parsed.node().is_none()).map(|(sql, _)| sql.clone());
        let unread: Vec<Statement> = unread.collect();
        let errors = syntax_errors(&unread);
        errors.iter().map(|error| script.finding(&RULE, error.bytes(), &error.message).help(&error.help)).collect()
    }),
};
