//! What to do about a syntax error, as far as the tokens around it tell.

use crate::base::wording::nearest;
use crate::sql::lex::{Kind, Token};
use crate::sql::split::Statement;

/// The words that statements of a schema begin with.
const FIRST_WORDS: [&str; 24] = [
    "alter", "analyze", "call", "cluster", "comment", "copy", "create", "delete", "do", "drop", "grant", "import",
    "insert", "merge", "reassign", "refresh", "reset", "revoke", "security", "select", "set", "truncate", "update",
    "with",
];

/// One sentence: what to do next.
pub(super) fn help(statement: &Statement, tokens: &[Token], place: Option<usize>, message: &str) -> String {
    let sql = statement.sql();
    let Some(place) = place else { return at_the_end(statement, tokens) };
    let Some(token) = tokens.get(place) else { return in_general(sql, tokens) };
    let text = token.text(sql);
    let before = place.checked_sub(1).and_then(|before| tokens.get(before));
    if token.open || message.starts_with("unterminated") {
        return "what is opened here is never closed; close it before the statement ends".to_owned();
    }
    if token.kind == Kind::Symbol && text == ":" {
        return "variables of psql are not known here; write the value itself".to_owned();
    }
    if text == ")" && before.is_some_and(|before| before.text(sql) == ",") {
        return "remove the comma before it".to_owned();
    }
    if token.kind != Kind::Word || !message.starts_with("syntax error") {
        return in_general(sql, tokens);
    }
    if before.is_none() {
        return match nearest(text, FIRST_WORDS.into_iter()) {
            Some(word) => format!("no statement begins so; `{}` may be meant", word.to_uppercase()),
            None => "no statement begins so".to_owned(),
        };
    }
    let new_line = before.is_some_and(|before| sql[before.at.end..token.at.start].contains('\n'));
    if new_line && FIRST_WORDS.iter().any(|word| word.eq_ignore_ascii_case(text)) {
        return "a semicolon seems to be missing before it".to_owned();
    }
    if is_reserved(text) {
        return format!("`{text}` is a keyword; as a name it is written \"{}\"", text.to_ascii_lowercase());
    }
    if new_line && parenthesis(sql, tokens, place).is_some() {
        return "a comma or a closing parenthesis seems to be missing before it".to_owned();
    }
    in_general(sql, tokens)
}

fn at_the_end(statement: &Statement, tokens: &[Token]) -> String {
    match parenthesis(statement.sql(), tokens, tokens.len()) {
        Some(open) => {
            let (line, column) = statement.file.line_column(statement.span.start + tokens[open].at.start);
            format!("the parenthesis opened on line {line}, column {column} is never closed")
        }
        None => "the statement is not complete; write what is missing before its end".to_owned(),
    }
}

/// The innermost parenthesis that is open before this token.
fn parenthesis(sql: &str, tokens: &[Token], place: usize) -> Option<usize> {
    let mut open = Vec::new();
    for (number, token) in tokens[..place].iter().enumerate() {
        if token.is_symbol(sql, b'(') {
            open.push(number);
        } else if token.is_symbol(sql, b')') {
            open.pop();
        }
    }
    open.pop()
}

/// A word that cannot name a table or a column without quotes.
fn is_reserved(word: &str) -> bool {
    crate::sql::parser::check(&format!("create table {word} ({word} int)")).is_err()
}

fn in_general(sql: &str, tokens: &[Token]) -> String {
    let words: Vec<String> = tokens
        .iter()
        .take_while(|token| token.kind == Kind::Word)
        .take(2)
        .map(|token| token.text(sql).to_ascii_uppercase())
        .collect();
    format!("compare it with the syntax of `{}` in the manual of PostgreSQL", words.join(" "))
}
