//! Where a string is the name of an object, or SQL.

use crate::sql::lex::{Kind, Token};
use crate::sql::words::Words;

/// Functions whose first argument is the name of an object.
const TAKE_NAMES: &[&str] = &[
    "currval",
    "nextval",
    "pg_get_serial_sequence",
    "pg_indexes_size",
    "pg_relation_size",
    "pg_table_size",
    "pg_total_relation_size",
    "setval",
    "to_regclass",
    "to_regnamespace",
    "to_regoper",
    "to_regoperator",
    "to_regproc",
    "to_regprocedure",
    "to_regtype",
];

/// Types whose values are objects, and are written as their names.
const OF_NAMES: &[&str] = &[
    "regclass",
    "regcollation",
    "regconfig",
    "regdictionary",
    "regnamespace",
    "regoper",
    "regoperator",
    "regproc",
    "regprocedure",
    "regtype",
];

/// The words that a string of SQL begins with.
const VERBS: &[&str] = &[
    "alter", "analyze", "call", "cluster", "comment", "copy", "create", "delete", "do", "drop", "execute", "grant",
    "insert", "lock", "merge", "refresh", "reindex", "revoke", "select", "set", "truncate", "update", "vacuum",
    "values", "with",
];

/// What a string is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Holds {
    /// The name of an object, or of a schema.
    Name,
    /// A list of schemas.
    Schemas,
    Sql,
    /// Nothing that anybody looks up: a comment.
    Prose,
    Unknown,
}

/// The tokens of a text without its comments.
pub(super) struct Place<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: &'a [Token],
    /// The place of the token that is asked about.
    pub(super) at: usize,
}

impl Place<'_> {
    fn word(&self, place: Option<usize>) -> &str {
        let token = place.and_then(|place| self.tokens.get(place));
        token.filter(|token| token.kind == Kind::Word).map_or("", |token| token.text(self.text))
    }

    fn is_word(&self, place: Option<usize>, choice: &[&str]) -> bool {
        choice.iter().any(|one| one.eq_ignore_ascii_case(self.word(place)))
    }

    pub(super) fn is_symbol(&self, place: Option<usize>, symbol: u8) -> bool {
        place.and_then(|place| self.tokens.get(place)).is_some_and(|token| token.is_symbol(self.text, symbol))
    }

    pub(super) fn back(&self, count: usize) -> Option<usize> {
        self.at.checked_sub(count)
    }

    /// What the string at this place holds, in a statement that begins with this word.
    pub(super) fn holds(&self, content: &str, verb: &str, is_body: bool) -> Holds {
        let prose = ["comment", "security"].iter().any(|one| one.eq_ignore_ascii_case(verb));
        if prose && self.is_word(self.back(1), &["is"]) {
            return Holds::Prose;
        }
        if self.is_name() {
            return Holds::Name;
        }
        if self.sets_path() {
            return Holds::Schemas;
        }
        let begins =
            Words::of(content).next().is_some_and(|(word, _)| VERBS.iter().any(|verb| verb.eq_ignore_ascii_case(word)));
        let asked = self.is_word(self.back(1), &["as", "execute", "do"]) || self.is_argument_of("format");
        if is_body || begins || asked { Holds::Sql } else { Holds::Unknown }
    }

    /// `'x'::regclass`, `CAST('x' AS regclass)`, `regclass 'x'`, `nextval('x'`.
    fn is_name(&self) -> bool {
        let mut behind = self.at + 1;
        let cast = self.is_symbol(Some(behind), b':') && self.is_symbol(Some(behind + 1), b':');
        if cast || self.is_word(Some(behind), &["as"]) {
            behind += if cast { 2 } else { 1 };
            if self.is_word(Some(behind), &["pg_catalog"]) {
                behind += 2;
            }
            if self.is_word(Some(behind), OF_NAMES) {
                return true;
            }
        }
        self.is_word(self.back(1), OF_NAMES) || TAKE_NAMES.iter().any(|function| self.is_argument_of(function))
    }

    /// Whether it is the first argument.
    fn is_argument_of(&self, function: &str) -> bool {
        self.is_symbol(self.back(1), b'(') && self.is_word(self.back(2), &[function])
    }

    /// `set_config('search_path', 'x'`, `SET SCHEMA 'x'`.
    fn sets_path(&self) -> bool {
        let setting = self.back(2).and_then(|place| self.tokens.get(place)).map(|token| token.text(self.text));
        let set = self.is_symbol(self.back(1), b',')
            && setting.is_some_and(|text| text.eq_ignore_ascii_case("'search_path'"));
        set || self.is_word(self.back(1), &["schema"])
    }
}
