//! What quotes stand for: the name that an identifier is, and the text that a literal holds.

use crate::sql::lex::token::{Kind, Token};

/// An identifier as the catalog stores it. `U&` escapes stay as they are written.
pub fn unquoted(identifier: &str) -> String {
    let bare = identifier.find('"').map_or(identifier, |quote| &identifier[quote..]);
    match bare.strip_prefix('"') {
        Some(rest) => rest.strip_suffix('"').unwrap_or(rest).replace("\"\"", "\""),
        // Postgres folds only ASCII in UTF-8 databases.
        None => identifier.to_ascii_lowercase(),
    }
}

/// What is between the quotes of a string literal, as it is written; also of one that was never closed.
pub fn inside<'a>(token: &Token, sql: &'a str) -> &'a str {
    let text = token.text(sql);
    match token.kind {
        Kind::Dollar => {
            let tag = text[1..].find('$').map_or(text.len(), |end| end + 2);
            let body = &text[tag..];
            if token.open { body } else { &body[..body.len() - tag] }
        }
        Kind::Text => {
            let body = text.find('\'').map_or("", |quote| &text[quote + 1..]);
            if token.open { body } else { &body[..body.len() - 1] }
        }
        _ => text,
    }
}
