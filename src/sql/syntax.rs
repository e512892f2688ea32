//! Syntax errors: all of a run at once, each at its place in the user's file.
//!
//! pg_query says what is wrong, but not where: its Rust side drops the position. The parser reads from left to right and
//! stops at the first token that cannot follow, so the shortest beginning of a statement that gives the same error ends
//! with that token; it is found by halving.

use std::ops::Range;
use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};
use thiserror::Error;

use crate::sql::file::SqlFile;
use crate::sql::lex::{Kind, Lexer, Token, unquoted};
use crate::sql::parser::check;
use crate::sql::split::{Class, Statement};
use crate::sql::syntax::help::help;

mod help;

/// How many statements are parsed in one go. One call costs a pipe and four system calls whatever its length, and an
/// error means that all of its statements are parsed again.
const AT_ONCE: usize = 64;

/// SQL that Postgres' grammar does not accept.
#[derive(Debug, Error, Diagnostic)]
#[error("{message}")]
#[diagnostic(code(sql::syntax_error))]
pub struct SyntaxError {
    pub message: String,
    #[help]
    pub help: String,
    /// The file, and the byte in it.
    pub file: Arc<SqlFile>,
    pub offset: usize,
    #[source_code]
    text: NamedSource<Arc<str>>,
    #[label("here")]
    at: SourceSpan,
}

impl SyntaxError {
    /// The bytes of the file that the parser stopped at.
    pub fn bytes(&self) -> Range<usize> {
        self.offset..self.offset + self.at.len()
    }

    /// `schema/orders.sql:12:5`.
    pub fn place(&self) -> String {
        let (line, column) = self.file.line_column(self.offset);
        format!("{}:{line}:{column}", self.file.path)
    }
}

/// Every statement that cannot be parsed, in the order given. Transaction commands and those of psql are not looked at.
pub fn syntax_errors(statements: &[Statement]) -> Vec<SyntaxError> {
    let looked_at = |statement: &&Statement| !matches!(statement.class, Class::Transaction | Class::Meta);
    let statements: Vec<&Statement> = statements.iter().filter(looked_at).collect();
    statements.chunks(AT_ONCE).flat_map(errors).collect()
}

fn errors(statements: &[&Statement]) -> Vec<SyntaxError> {
    let texts: Vec<&str> = statements.iter().map(|statement| statement.sql()).collect();
    // A comment that ends a statement must not hide the semicolon.
    if check(&texts.join("\n;")) == Ok(statements.len()) {
        return Vec::new();
    }
    statements.iter().filter_map(|statement| error(statement)).collect()
}

/// What is wrong with one statement.
fn error(statement: &Statement) -> Option<SyntaxError> {
    let sql = statement.sql();
    let message = check(sql).err()?;
    let tokens: Vec<Token> = Lexer::new(sql).filter(|token| token.kind != Kind::Comment).collect();
    let place = locate(sql, &tokens, &message);
    let at = place.map_or(sql.len().saturating_sub(1)..sql.len(), |place| first_line(sql, &tokens[place].at));
    let offset = statement.span.start + at.start;
    Some(SyntaxError {
        help: help(statement, &tokens, place, &message),
        message: shown(&message),
        file: Arc::clone(&statement.file),
        offset,
        text: statement.file.named_source(),
        at: (offset, at.len()).into(),
    })
}

/// The token at which the parser stopped; none at the end of the statement.
fn locate(sql: &str, tokens: &[Token], message: &str) -> Option<usize> {
    if message.ends_with("at end of input") {
        return None;
    }
    let stops = |count: usize| check(&sql[..tokens[count - 1].at.end]).is_err_and(|found| found == message);
    let (mut without, mut with) = (0, tokens.len());
    while with - without > 1 {
        let middle = usize::midpoint(without, with);
        if stops(middle) { with = middle } else { without = middle }
    }
    // What the message names may stand before: the parser looks ahead, and knows some errors only behind the clause.
    let named = quoted(message).and_then(|name| {
        let is_named = |token: &Token| token.text(sql) == name || unquoted(token.text(sql)) == name;
        tokens[..with].iter().rposition(is_named)
    });
    named.or_else(|| with.checked_sub(1))
}

/// What stands between the first double quote of a message and the last.
fn quoted(message: &str) -> Option<&str> {
    message.get(message.find('"')? + 1..message.rfind('"')?)
}

/// So much of a token as stands on its first line.
fn first_line(sql: &str, at: &Range<usize>) -> Range<usize> {
    let text = &sql[at.clone()];
    at.start..at.start + text.lines().next().map_or(text.len(), str::len)
}

/// The message with its names in backticks, and no more of a long one than fits on a line.
fn shown(message: &str) -> String {
    const LONG: usize = 40;
    let Some(name) = quoted(message) else { return message.to_owned() };
    let line = name.lines().next().unwrap_or_default();
    let short: String = line.chars().take(LONG).collect();
    let cut = if short.len() < name.len() { "..." } else { "" };
    message.replacen(&format!("\"{name}\""), &format!("`{short}{cut}`"), 1)
}

#[cfg(test)]
mod tests;
