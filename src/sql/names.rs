//! Names in SQL text, by its tokens: cheap, and good for a first order; what they stand for is for Postgres to say.

use std::collections::BTreeSet;

use crate::sql::lex::{Kind, Lexer, Token, inside, unquoted};

/// Strings in strings in strings: nobody builds SQL deeper than this.
const DEEPEST: usize = 8;

/// Every name in a text, part by part where it has dots, also those in string literals and dollar-quoted bodies, where
/// SQL is built. Each once, in the order of their first use. Keywords that can be no name on their own are left out.
pub fn mentioned(text: &str) -> Vec<Vec<String>> {
    let mut all = Names { seen: BTreeSet::new(), names: Vec::new() };
    all.take(text, 0);
    all.names
}

struct Names {
    seen: BTreeSet<Vec<String>>,
    names: Vec<Vec<String>>,
}

impl Names {
    fn take(&mut self, text: &str, depth: usize) {
        for piece in Pieces::of(text) {
            match piece {
                Piece::Name(parts) => {
                    if self.seen.insert(parts.clone()) {
                        self.names.push(parts);
                    }
                }
                Piece::Literal(token) if depth < DEEPEST => match token.kind {
                    Kind::Dollar => self.take(inside(&token, text), depth + 1),
                    _ => self.take(&inside(&token, text).replace("''", "'"), depth + 1),
                },
                Piece::Literal(_) | Piece::Other => {}
            }
        }
    }
}

/// A part of a text that matters to names.
pub(super) enum Piece {
    Name(Vec<String>),
    Literal(Token),
    Other,
}

/// The names and strings of a text, in order.
pub(super) struct Pieces<'a> {
    text: &'a str,
    tokens: std::iter::Peekable<Lexer<'a>>,
}

impl<'a> Pieces<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self { text, tokens: Lexer::new(text).peekable() }
    }

    fn next_is(&mut self, symbol: u8) -> bool {
        let text = self.text;
        while self.tokens.next_if(|token| token.kind == Kind::Comment).is_some() {}
        self.tokens.peek().is_some_and(|token| token.is_symbol(text, symbol))
    }

    /// The rest of a name behind its first part.
    fn name(&mut self, first: &Token) -> Piece {
        let mut parts = vec![unquoted(first.text(self.text))];
        while self.next_is(b'.') {
            self.tokens.next();
            match self.tokens.next_if(|token| matches!(token.kind, Kind::Word | Kind::Quoted)) {
                Some(token) => parts.push(unquoted(token.text(self.text))),
                None => break,
            }
        }
        if let ([only], Kind::Word) = (parts.as_slice(), first.kind)
            && RESERVED.binary_search(&only.as_str()).is_ok()
        {
            return Piece::Other;
        }
        Piece::Name(parts)
    }
}

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        let token = self.tokens.next()?;
        Some(match token.kind {
            Kind::Word | Kind::Quoted => self.name(&token),
            Kind::Text | Kind::Dollar => Piece::Literal(token),
            _ => Piece::Other,
        })
    }
}

/// Words that Postgres reserves in every version supported (`RESERVED_KEYWORD` in `kwlist.h`), sorted.
const RESERVED: &[&str] = &[
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "column",
    "constraint",
    "create",
    "current_catalog",
    "current_date",
    "current_role",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "false",
    "fetch",
    "for",
    "foreign",
    "from",
    "grant",
    "group",
    "having",
    "in",
    "initially",
    "intersect",
    "into",
    "lateral",
    "leading",
    "limit",
    "localtime",
    "localtimestamp",
    "not",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "placing",
    "primary",
    "references",
    "returning",
    "select",
    "session_user",
    "some",
    "symmetric",
    "table",
    "then",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "variadic",
    "when",
    "where",
    "window",
    "with",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        mentioned(text).into_iter().map(|parts| parts.join("|")).collect()
    }

    #[test]
    fn names_are_found_once_wherever_they_stand() {
        let body = "BEGIN PERFORM a.F(x, \"My T\".\"C\"\"d\"); -- not.this\n EXECUTE 'select * from ' || 's' || '.\"T\" join \
                    ''lower.B''' || format($q$ insert into w . z $q$); a.f(X); END";
        let expected = [
            "begin",
            "perform",
            "a|f",
            "x",
            "My T|C\"d",
            "execute",
            "s",
            "T",
            "join",
            "lower|b",
            "format",
            "insert",
            "w|z",
        ];
        assert_eq!(names(body), expected);
    }

    #[test]
    fn keywords_are_left_out_unless_quoted_or_qualified() {
        assert_eq!(names("SELECT t.user FROM \"select\" WHERE a.* IS NULL"), ["t|user", "select", "a", "is"]);
    }

    #[test]
    fn deep_nesting_ends() {
        let text = (0..100).fold("x".to_owned(), |text, depth| format!("a{depth} $d{depth}${text}$d{depth}$"));
        assert_eq!(names(&text).len(), DEEPEST + 1);
    }

    #[test]
    fn reserved_words_are_those_of_postgres() {
        let kind = |word: &str| pg_query::scan(word).unwrap().tokens[0].keyword_kind;
        assert!(RESERVED.is_sorted());
        for word in RESERVED {
            assert_eq!(kind(word), pg_query::protobuf::KeywordKind::ReservedKeyword as i32, "{word}");
        }
    }
}
