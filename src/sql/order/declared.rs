//! The name that a statement defines and those that it uses, from its tokens alone.
//!
//! Bodies of functions do not count, for they are not run when the function is made. This is for an order alone, where
//! every word that may be a name is worth a try; what a CREATE makes, to be pointed at, is [`crate::sql::defined`].

use std::collections::BTreeSet;

use crate::sql::lex::inside;
use crate::sql::names::{Piece, Pieces};

/// A name with its schema, where one is written.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Name {
    pub schema: Option<String>,
    pub name: String,
}

/// What a statement defines, and every name it uses, part by part.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct DeclaredAndUsed {
    pub declared: Option<Name>,
    pub used: BTreeSet<Vec<String>>,
}

/// What a CREATE statement makes and everything that any statement names, from its tokens.
pub(super) fn declared_and_used(sql: &str) -> DeclaredAndUsed {
    let mut found = DeclaredAndUsed { declared: declared(sql), used: BTreeSet::new() };
    for piece in Pieces::of(sql) {
        match piece {
            Piece::Name(parts) => {
                found.used.insert(parts);
            }
            // `nextval('s.q')`, `'s.t'::regclass`: a string that is one name and nothing else.
            Piece::Literal(token) => {
                let mut pieces = Pieces::of(inside(&token, sql));
                if let (Some(Piece::Name(parts)), None) = (pieces.next(), pieces.next()) {
                    found.used.insert(parts);
                }
            }
            Piece::Other => {}
        }
    }
    if let Some(Name { schema, name }) = &found.declared {
        found.used.remove(&schema.iter().chain([name]).cloned().collect::<Vec<String>>());
    }
    found
}

/// Words that come before the name of what is made and are none themselves.
const BEFORE_NAME: [&str; 42] = [
    "access",
    "aggregate",
    "authorization",
    "class",
    "collation",
    "concurrently",
    "configuration",
    "constraint",
    "conversion",
    "dictionary",
    "domain",
    "event",
    "exists",
    "extension",
    "family",
    "foreign",
    "function",
    "global",
    "if",
    "index",
    "language",
    "local",
    "materialized",
    "method",
    "not",
    "operator",
    "parser",
    "policy",
    "procedure",
    "recursive",
    "rule",
    "schema",
    "search",
    "sequence",
    "statistics",
    "table",
    "temp",
    "template",
    "temporary",
    "text",
    "trigger",
    "type",
];

/// As [`BEFORE_NAME`], where the word may also be the name of something else that was written without a kind.
const MANNER: [&str; 7] = ["or", "replace", "procedural", "server", "trusted", "unique", "unlogged"];

fn declared(sql: &str) -> Option<Name> {
    let mut words = Pieces::of(sql).filter_map(|piece| match piece {
        Piece::Name(parts) => Some(parts),
        Piece::Literal(_) | Piece::Other => None,
    });
    // CREATE itself is reserved, and so no name.
    if !sql.get(..6).is_some_and(|word| word.eq_ignore_ascii_case("create")) {
        return None;
    }
    let skipped = |parts: &Vec<String>| match parts.as_slice() {
        [word] => word == "view" || BEFORE_NAME.contains(&word.as_str()) || MANNER.contains(&word.as_str()),
        _ => false,
    };
    let mut parts = words.find(|parts| !skipped(parts))?;
    let name = parts.pop()?;
    Some(Name { schema: parts.pop(), name })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_past_every_manner_of_making() {
        let cases = [
            ("CREATE TABLE IF NOT EXISTS Shop.\"My Orders\" (id int)", Some((Some("shop"), "My Orders"))),
            ("create unique index concurrently i on t (a)", Some((None, "i"))),
            ("create or replace function s.f(a int) returns int", Some((Some("s"), "f"))),
            ("create materialized view a.v as select 1", Some((Some("a"), "v"))),
            ("create text search configuration public.en (copy = simple)", Some((Some("public"), "en"))),
            ("create foreign table ft () server s", Some((None, "ft"))),
            ("alter table a add b int", None),
        ];
        for (sql, expected) in cases {
            let found = declared_and_used(sql).declared;
            assert_eq!(found.as_ref().map(|n| (n.schema.as_deref(), n.name.as_str())), expected, "{sql}");
        }
    }
}
