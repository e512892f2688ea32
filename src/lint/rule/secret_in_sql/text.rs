//! Secrets that are known by how they look.

use std::fmt;
use std::ops::Range;

use crate::sql::lex::{Kind, Lexer};

/// What a secret is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sort {
    RolePassword,
    ServerPassword,
    /// In `host=... password=...` or in a URL.
    Connection,
    PrivateKey,
    /// A key of a service that marks its keys.
    ServiceKey,
}

impl fmt::Display for Sort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RolePassword => "the password of a role",
            Self::ServerPassword => "the password for a foreign server",
            Self::Connection => "a connection string with a password",
            Self::PrivateKey => "a private key",
            Self::ServiceKey => "a key of a service",
        })
    }
}

/// How the keys of some services begin, and how many letters and digits follow at least.
const KEYS: [(&str, usize); 9] = [
    ("AKIA", 16),
    ("ASIA", 16),
    ("ghp_", 36),
    ("gho_", 36),
    ("github_pat_", 22),
    ("glpat-", 20),
    ("xoxb-", 20),
    ("sk_live_", 16),
    ("AIza", 35),
];

/// Words one of which stands wherever there is a secret; behind `U&` a name may be written in other letters.
const SIGNS: [&str; 8] = ["password", "passwd", "secret", "api_key", "token", "://", "private key", "u&"];

/// Whether a text may hold a secret: a look that costs little, before the statements are parsed.
pub(super) fn may_hold_one(sql: &str) -> bool {
    let lower = sql.to_ascii_lowercase();
    SIGNS.iter().any(|sign| lower.contains(sign)) || KEYS.iter().any(|(start, _)| sql.contains(start))
}

/// The literals of a statement that hold a secret, as bytes of the statement.
pub(super) fn secrets(sql: &str) -> Vec<(Sort, Range<usize>)> {
    let literals = Lexer::new(sql).filter(|token| matches!(token.kind, Kind::Text | Kind::Dollar));
    literals.filter_map(|token| Some((sort(token.text(sql))?, token.at))).collect()
}

fn sort(text: &str) -> Option<Sort> {
    if text.contains("-----BEGIN ") && text.contains("PRIVATE KEY-----") {
        return Some(Sort::PrivateKey);
    }
    if in_parameters(text) || in_url(text) {
        return Some(Sort::Connection);
    }
    KEYS.iter().any(|(start, length)| has_key(text, start, *length)).then_some(Sort::ServiceKey)
}

fn has_key(text: &str, start: &str, length: usize) -> bool {
    text.match_indices(start).any(|(at, _)| {
        let inside = text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        let rest = text[at + start.len()..].chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
        !inside && rest.count() >= length
    })
}

/// `host=db password=...`, of libpq: only beside another parameter of it.
fn in_parameters(text: &str) -> bool {
    let parameter = |name: &str| {
        text.match_indices(name).find_map(|(at, _)| {
            let free = text[..at].chars().next_back().is_none_or(|c| c.is_whitespace() || matches!(c, '\'' | '$'));
            let value = text[at + name.len()..].trim_start().strip_prefix('=')?.trim_start();
            free.then_some(value)
        })
    };
    let others = ["host", "hostaddr", "dbname", "user", "port", "service"];
    let value = |value: &str| {
        let end = value.find(|c: char| c.is_whitespace()).unwrap_or(value.len());
        let value = value[..end].trim_matches('\'');
        !value.is_empty() && !is_placeholder(value)
    };
    parameter("password").is_some_and(value) && others.iter().any(|name| parameter(name).is_some())
}

/// `scheme://user:password@host`.
fn in_url(text: &str) -> bool {
    text.match_indices("://").any(|(at, mark)| {
        let rest = &text[at + mark.len()..];
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '/' | '\'' | '"' | '?')).unwrap_or(rest.len());
        let password = rest[..end].rsplit_once('@').and_then(|(login, _)| login.split_once(':'));
        password.is_some_and(|(_, password)| !password.is_empty() && !is_placeholder(password))
    })
}

/// What a template or a function fills in.
pub(super) fn is_placeholder(value: &str) -> bool {
    let marks = ["${", "$(", "{{", "%s", "%L", "%I", "%(", "<", "***", "xxx", ":'"];
    marks.iter().any(|mark| value.starts_with(mark)) || value.chars().all(|c| matches!(c, '*' | 'x' | '.'))
}

#[cfg(test)]
mod tests {
    use super::{Sort, may_hold_one, secrets};

    #[test]
    fn secrets_are_known_by_their_look() {
        let found = |sql: &str| {
            let found = secrets(sql).first().map(|(sort, _)| *sort);
            assert!(found.is_none() || may_hold_one(sql), "{sql}");
            found
        };
        assert!(!may_hold_one("CREATE TABLE orders (id bigint, note text DEFAULT 'a')"));
        assert_eq!(found("SELECT dblink_connect('host=db user=me password=hunter2')"), Some(Sort::Connection));
        assert_eq!(found("SELECT dblink_connect('postgres://me:hunter2@db/shop')"), Some(Sort::Connection));
        assert_eq!(found("SELECT $$-----BEGIN RSA PRIVATE KEY-----$$"), Some(Sort::PrivateKey));
        assert_eq!(found("SELECT 'AKIAABCDEFGHIJKLMNOP'"), Some(Sort::ServiceKey));
        for sql in [
            "SELECT 'host=db user=me password=${PASSWORD}'",
            "SELECT format('host=db password=%L', secret)",
            "SELECT 'host=db password=' || secret",
            "SELECT 'postgres://db/shop', 'https://example.org:80/a@b'",
            "SELECT 'your password = your secret'",
            "SELECT 'AKIASHORT', 'postgres://me:<password>@db'",
        ] {
            assert_eq!(found(sql), None, "{sql}");
        }
    }
}
