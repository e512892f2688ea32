//! What a statement makes, by its first words. Good enough to point at things; what it means is for Postgres to say.

use std::ops::Range;

use crate::sql::lex::unquoted;
use crate::sql::words::Words;

/// The thing that a CREATE statement makes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Defined {
    /// The last word of what it is, in lower case: `table`, `view` (also a materialized one), `configuration`.
    pub kind: String,
    pub schema: Option<String>,
    pub name: String,
    /// Where the name stands in the statement.
    pub at: Range<usize>,
}

/// Words between CREATE and the kind that do not say what is made.
const MANNER: &[&str] = &[
    "or",
    "replace",
    "global",
    "local",
    "temp",
    "temporary",
    "unlogged",
    "unique",
    "recursive",
    "materialized",
    "constraint",
    "trusted",
    "procedural",
    "foreign",
    "event",
    "default",
    "text",
    "search",
    "data",
    "access",
];

/// Words between the kind and the name.
const BEFORE_NAME: &[&str] = &["concurrently", "if", "not", "exists", "class", "family", "for"];

/// What this statement makes; none where it makes nothing that has a name.
pub fn defined(statement: &str) -> Option<Defined> {
    let mut words = Words::of(statement).peekable();
    if !words.next()?.0.eq_ignore_ascii_case("create") {
        return None;
    }
    let is = |word: &str, list: &[&str]| list.iter().any(|one| one.eq_ignore_ascii_case(word));
    let kind = words.by_ref().map(|(word, _)| word).find(|word| !is(word, MANNER))?.to_ascii_lowercase();
    while words.next_if(|(word, _)| is(word, BEFORE_NAME)).is_some() {}
    let (word, mut at) = words.next()?;
    // An index without a name; a schema named after its owner.
    if word.eq_ignore_ascii_case("on") && kind == "index" {
        return None;
    }
    if word.eq_ignore_ascii_case("authorization") && kind == "schema" {
        at = words.next()?.1;
    }
    let mut name = unquoted(&statement[at.clone()]);
    let mut schema = None;
    while words.next_if(|(word, _)| *word == ".").is_some() {
        at = words.next()?.1;
        schema = Some(std::mem::replace(&mut name, unquoted(&statement[at.clone()])));
    }
    Some(Defined { kind, schema, name, at })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_name_past_every_manner_of_making() {
        let cases = [
            ("CREATE TABLE IF NOT EXISTS Shop.\"My Orders\" (id int)", Some(("table", Some("shop"), "My Orders"))),
            ("create unique index concurrently i on t (a)", Some(("index", None, "i"))),
            ("CREATE INDEX ON t (a)", None),
            ("CREATE OR REPLACE FUNCTION f(a int) RETURNS int", Some(("function", None, "f"))),
            ("CREATE MATERIALIZED VIEW a.v AS SELECT 1", Some(("view", Some("a"), "v"))),
            ("CREATE CONSTRAINT TRIGGER t AFTER INSERT ON a.b", Some(("trigger", None, "t"))),
            ("CREATE SCHEMA AUTHORIZATION joe", Some(("schema", None, "joe"))),
            (
                "CREATE TEXT SEARCH CONFIGURATION public.en (COPY = simple)",
                Some(("configuration", Some("public"), "en")),
            ),
            ("ALTER TABLE a ADD b int", None),
        ];
        for (statement, expected) in cases {
            let found = defined(statement);
            let found = found.as_ref().map(|d| (d.kind.as_str(), d.schema.as_deref(), d.name.as_str()));
            assert_eq!(found, expected, "{statement}");
        }
    }
}
