//! Where secrets stand in SQL that Postgres does not take: found by the words before them, as there is no tree to look in.

use std::ops::Range;

use crate::sql::lex::{Kind, Lexer, Token, inside};

/// The words that a secret stands behind.
const WORDS: [&str; 6] = ["password", "passwd", "secret", "api_key", "secret_key", "token"];

/// The bytes of all that looks like a secret, literals with their quotes.
pub(in crate::report) fn spans(sql: &str) -> Vec<Range<usize>> {
    let tokens: Vec<Token> = Lexer::new(sql).filter(|token| token.kind != Kind::Comment).collect();
    let mut found = Vec::new();
    for statement in tokens.split(|token| token.is_symbol(sql, b';')) {
        of_statement(sql, statement, &mut found);
    }
    found
}

fn of_statement(sql: &str, tokens: &[Token], found: &mut Vec<Range<usize>>) {
    let word = |at: usize| tokens.get(at).map_or("", |token| token.text(sql));
    let is = |at: usize, words: &[&str]| words.iter().any(|one| one.eq_ignore_ascii_case(word(at)));
    let makes = is(0, &["create", "alter"]);
    let holds = makes && is(1, &["role", "user", "group", "server", "foreign"]);
    let connects = makes && is(1, &["subscription"]);
    let mut past = 0;
    for (at, token) in tokens.iter().enumerate() {
        if token.at.start < past {
            continue;
        }
        let behind = at.checked_sub(1).and_then(|at| tokens.get(at)).map_or("", |token| token.text(sql));
        let is_behind = |words: &[&str]| words.iter().any(|one| one.eq_ignore_ascii_case(behind.trim_matches('"')));
        let literal = matches!(token.kind, Kind::Text | Kind::Dollar);
        let body = inside(token, sql);
        let secret = if literal && is_behind(&WORDS) {
            true
        } else if literal && connects && is_behind(&["connection"]) {
            body.contains("://") || body.to_ascii_lowercase().contains("password")
        } else if token.kind == Kind::Text {
            !nested(body).is_empty()
        } else {
            holds && !literal && token.kind != Kind::Symbol && is_behind(&WORDS) && !token.is_word(sql, "null")
        };
        if secret {
            past = if literal { token.at.end } else { end_of(sql, token.at.start) };
            found.push(token.at.start..past);
        } else if token.kind == Kind::Dollar {
            // SQL inside SQL: a body.
            let start = token.at.start + token.text(sql)[1..].find('$').map_or(0, |tag| tag + 2);
            found.extend(spans(body).into_iter().map(|inner| start + inner.start..start + inner.end));
        }
    }
}

/// The end of what has no quotes, although it should.
fn end_of(sql: &str, start: usize) -> usize {
    let rest = &sql[start..];
    let quoted = usize::from(rest.starts_with('"'));
    let end = rest[quoted..].find(|c: char| c.is_whitespace() || matches!(c, ';' | ',' | ')'));
    start + end.map_or(rest.len(), |end| end + quoted)
}

/// The secrets in the text of a literal that is SQL itself: `CREATE ROLE x PASSWORD ''y''`.
fn nested(body: &str) -> Vec<&str> {
    let lower = body.to_ascii_lowercase();
    let behind = lower.match_indices("password").filter_map(|(at, word)| {
        let rest = body.get(at + word.len()..)?.trim_start().strip_prefix('\'')?;
        let rest = rest.strip_prefix('\'').unwrap_or(rest);
        let secret = rest.split('\'').next()?;
        (!secret.is_empty()).then_some(secret)
    });
    behind.collect()
}

/// What of a secret others may quote: all of it, its lines, and of a connection string what stands behind `password`, up to
/// the next parameter.
pub(super) fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let body = text.trim_matches(|c| matches!(c, '\'' | '"'));
    let body =
        Lexer::new(text).next().filter(|token| token.at == (0..text.len())).map_or(body, |token| inside(&token, text));
    let body = body.trim_matches('"');
    pieces.extend(body.lines().map(|line| line.trim().to_owned()));
    pieces.extend(nested(body).into_iter().map(str::to_owned));
    if let Some(at) = body.to_ascii_lowercase().find("password") {
        let words = body[at + "password".len()..].split(|c: char| c.is_whitespace() || matches!(c, '=' | '\'' | '&'));
        let behind = body[at + "password".len()..].trim_start_matches([' ', '=', '\'']);
        // The names of the parameters that follow are no secret, and neither is what they are set to.
        let end = behind.split_whitespace().skip(1).find(|word| word.contains('='));
        let end = end.and_then(|word| behind.find(word)).unwrap_or(behind.len());
        let own = &behind[..end];
        pieces.extend(words.filter(|word| !word.is_empty() && own.contains(word)).map(str::to_owned));
    }
    for (at, mark) in body.match_indices("://") {
        let login = body[at + mark.len()..].split('@').next().and_then(|login| login.split_once(':'));
        pieces.extend(login.map(|(_, password)| password.to_owned()));
    }
    // An error of syntax quotes a token of what has no quotes.
    if !text.starts_with(['\'', '$']) {
        pieces.extend(
            Lexer::new(body).filter(|token| token.kind != Kind::Symbol).map(|token| token.text(body).to_owned()),
        );
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::rule::secret_in_sql::may_find;

    fn found(sql: &str) -> Vec<&str> {
        spans(sql).into_iter().map(|span| &sql[span]).collect()
    }

    #[test]
    fn secrets_are_found_in_what_is_no_sql() {
        for (sql, secret) in [
            ("CREATE ROLE a PASSWORD 'x y' NONSENSE", "'x y'"),
            ("alter user a with password x-1, b", "x-1"),
            ("CREATE USER a PASSWORD \"x 1\"", "\"x"),
            ("CREATE ROLE a PASSWORD 'x", "'x"),
            ("CREATE USER MAPPING FOR a SERVER s OPTIONS (\"password\" 'x'", "'x'"),
            ("CREATE SUBSCRIPTION s CONNECTION 'password two three' PUBLICATION", "'password two three'"),
            ("DO $$ BEGIN EXECUTE 'CREATE ROLE a PASSWORD ''x'' b'; END $$", "'CREATE ROLE a PASSWORD ''x'' b'"),
            ("DO $a$ BEGIN ALTER ROLE a PASSWORD $$x$$; END $a$", "$$x$$"),
        ] {
            assert_eq!(found(sql), [secret], "{sql}");
            assert!(may_find(sql), "{sql}");
        }
        for sql in [
            "CREATE TABLE a (password text, token uuid)",
            "ALTER ROLE a PASSWORD NULL",
            "COMMENT ON COLUMN a.password IS 'what people type'",
            "CREATE SUBSCRIPTION s CONNECTION 'host=a dbname=b' PUBLICATION p",
            "SELECT 'the password is long', $$ password $$",
        ] {
            assert!(found(sql).is_empty(), "{sql}: {:?}", found(sql));
        }
    }

    #[test]
    fn what_others_may_quote_of_a_secret_is_known() {
        let has = |text: &str, piece: &str| {
            assert!(pieces(text).iter().any(|one| one == piece), "{text}: {:?}", pieces(text))
        };
        let hasnt = |text: &str, piece: &str| {
            assert!(!pieces(text).iter().any(|one| one == piece), "{text}: {:?}", pieces(text))
        };
        has("'x y'", "x y");
        has("x-1", "x");
        has("'host=a password=two three port=1'", "three");
        hasnt("'host=a password=two three port=1'", "port");
        hasnt("'host=a password=two three port=1'", "a");
        has("'postgres://me:x@h/d'", "x");
        has("'CREATE ROLE a PASSWORD ''x'' b'", "x");
        has("'x\nSELECT 1", "x");
    }
}
