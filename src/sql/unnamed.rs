//! Columns without a name in a query that Postgres printed.
//!
//! Where nobody can see the names of a query's columns, as in the later parts of a UNION, `pg_get_viewdef` leaves out the
//! name of one that has none, and writes the type of a constant that was written without: `UNION SELECT NULL` comes back as
//! `UNION SELECT NULL::text`. Read again, that column is called `text`, and is printed with this name (`get_target_list` in
//! `ruleutils.c`, `FigureColname` in `parse_target.c`). So what was printed is not what comes of it, unless the name that
//! means none is written.

use crate::sql::lex::{Kind, Lexer, Token};

/// What ends a list of columns.
const ENDS: [&str; 13] = [
    "FROM",
    "WHERE",
    "GROUP",
    "HAVING",
    "WINDOW",
    "UNION",
    "INTERSECT",
    "EXCEPT",
    "ORDER",
    "LIMIT",
    "OFFSET",
    "FETCH",
    "FOR",
];

/// The query with ` AS "?column?"` where a column would get a name by itself.
pub fn with_unnamed(query: &str) -> String {
    let tokens: Vec<Token> = Lexer::new(query).collect();
    let mut ends = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if token.is_word(query, "SELECT") {
            columns(query, &tokens, at + 1, &mut ends);
        }
    }
    ends.sort_unstable();
    let (mut text, mut from) = (String::with_capacity(query.len()), 0);
    for end in ends {
        text.push_str(&query[from..end]);
        text.push_str(" AS \"?column?\"");
        from = end;
    }
    text + &query[from..]
}

/// Adds where each column ends that would get a name, of the list that begins with this token.
fn columns(query: &str, tokens: &[Token], mut at: usize, ends: &mut Vec<usize>) {
    let word = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.is_word(query, word));
    if word(at, "DISTINCT") {
        at += 1;
        if word(at, "ON") {
            at = closing(query, tokens, at + 1);
        }
    } else if word(at, "ALL") {
        at += 1;
    }
    let mut start = at;
    while let Some(token) = tokens.get(at) {
        if token.is_symbol(query, b'(') || token.is_symbol(query, b'[') {
            at = closing(query, tokens, at);
            continue;
        }
        let inner = word(at, "FROM") && word(at - 1, "DISTINCT") || word(at, "GROUP") && word(at - 1, "WITHIN");
        let ended = token.is_symbol(query, b')')
            || token.is_symbol(query, b';')
            || !inner && ENDS.iter().any(|word| token.is_word(query, word));
        if ended || token.is_symbol(query, b',') {
            ends.extend(end(query, &tokens[start..at]));
            start = at + 1;
        }
        if ended {
            return;
        }
        at += 1;
    }
    ends.extend(end(query, &tokens[start..]));
}

/// The token behind the parenthesis that closes the one at `at`.
fn closing(query: &str, tokens: &[Token], mut at: usize) -> usize {
    let mut depth = 0_usize;
    while let Some(token) = tokens.get(at) {
        at += 1;
        if token.is_symbol(query, b'(') || token.is_symbol(query, b'[') {
            depth += 1;
        } else if token.is_symbol(query, b')') || token.is_symbol(query, b']') {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                break;
            }
        }
    }
    at
}

/// Where a column ends that has no name and would get one.
fn end(query: &str, column: &[Token]) -> Option<usize> {
    let last = column.last()?;
    let named = column.len() > 2 && column[column.len() - 2].is_word(query, "AS");
    // A column of a table is called as it is there; a number and a text without a type have no name.
    let plain = |token: &Token| matches!(token.kind, Kind::Word | Kind::Quoted) || token.is_symbol(query, b'.');
    let alone = column.len() == 1 && matches!(last.kind, Kind::Number | Kind::Text);
    let of_table = column.iter().all(plain) || last.is_symbol(query, b'*');
    (!named && !alone && !of_table && !is_operation(query, column)).then_some(last.at.end)
}

/// Whether this is what an operator makes, in parentheses, which has no name either.
fn is_operation(query: &str, column: &[Token]) -> bool {
    let other = |token: &Token| ["SELECT", "WITH", "VALUES", "COLLATE"].iter().any(|word| token.is_word(query, word));
    column.first().is_some_and(|first| first.is_symbol(query, b'('))
        && closing(query, column, 0) == column.len()
        && !column.iter().any(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_would_get_a_name_is_said_to_have_none() {
        let cases = [
            ("SELECT a.b, 1, 'x' AS c FROM a", "SELECT a.b, 1, 'x' AS c FROM a"),
            (
                "SELECT m.n FROM ( SELECT 1 AS n, 'a'::text AS t UNION ALL SELECT 2, 'b'::text) m;",
                "SELECT m.n FROM ( SELECT 1 AS n, 'a'::text AS t UNION ALL SELECT 2, 'b'::text AS \"?column?\") m;",
            ),
            (
                "SELECT a.\"X\", NULL::text[] FROM a WHERE EXISTS (SELECT 1 FROM b)",
                "SELECT a.\"X\", NULL::text[] AS \"?column?\" FROM a WHERE EXISTS (SELECT 1 FROM b)",
            ),
            (
                "SELECT DISTINCT ON (a.b, (f(a.c))) a.b IS DISTINCT FROM a.c AS d, (2)::bigint UNION SELECT a.*",
                "SELECT DISTINCT ON (a.b, (f(a.c))) a.b IS DISTINCT FROM a.c AS d, (2)::bigint AS \"?column?\" UNION SELECT a.*",
            ),
            (
                "SELECT p(0.5) WITHIN GROUP (ORDER BY a.b) AS p, ARRAY( SELECT '-1'::integer ORDER BY 1) AS q",
                "SELECT p(0.5) WITHIN GROUP (ORDER BY a.b) AS p, ARRAY( SELECT '-1'::integer AS \"?column?\" ORDER BY 1) AS q",
            ),
            (
                "SELECT (a.b + 1), (a.b + 1)::text, ( SELECT 1), (a.b)::text || 'x'::text",
                "SELECT (a.b + 1), (a.b + 1)::text AS \"?column?\", ( SELECT 1) AS \"?column?\", (a.b)::text || 'x'::text AS \"?column?\"",
            ),
            ("SELECT", "SELECT"),
            ("SELECT FROM a", "SELECT FROM a"),
        ];
        for (query, wanted) in cases {
            assert_eq!(with_unnamed(query), wanted);
        }
    }
}
