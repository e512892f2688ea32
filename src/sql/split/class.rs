//! What a statement is about, by its first words: a full parse of thousands of statements would cost more than it tells.

use crate::sql::lex::{Kind, Token};

/// What kind of statement it is, as far as its first words tell.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Class {
    /// Defines something; also what is not known, for the server to refuse.
    Definition,
    /// Moves rows, or only looks: not loaded.
    Data,
    /// Changes what later statements of its file mean.
    Session,
    /// BEGIN, COMMIT and the like.
    Transaction,
    /// A command of psql.
    Meta,
}

/// How many tokens tell what a statement is: `SELECT pg_catalog . set_config (`, `SET SESSION CHARACTERISTICS`.
const ENOUGH: usize = 5;

/// The first words of a statement, and whether it reads rows from what follows.
pub(super) struct Head<'a> {
    text: &'a str,
    first: Vec<&'a str>,
    parens: usize,
    from: bool,
    stdin: bool,
}

impl<'a> Head<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, first: Vec::with_capacity(ENOUGH), parens: 0, from: false, stdin: false }
    }

    pub(super) fn push(&mut self, token: &Token) {
        if self.first.len() < ENOUGH {
            self.first.push(token.text(self.text));
        }
        if !self.is(0, "copy") {
            return;
        }
        let from = std::mem::take(&mut self.from);
        match token.kind {
            Kind::Symbol if token.is_symbol(self.text, b'(') => self.parens += 1,
            Kind::Symbol if token.is_symbol(self.text, b')') => self.parens = self.parens.saturating_sub(1),
            Kind::Word if self.parens == 0 => {
                self.stdin |= from && token.is_word(self.text, "stdin");
                self.from = token.is_word(self.text, "from");
            }
            _ => {}
        }
    }

    fn is(&self, place: usize, word: &str) -> bool {
        self.first.get(place).is_some_and(|found| found.eq_ignore_ascii_case(word))
    }

    /// What CREATE or CREATE OR REPLACE creates is one of these.
    fn creates(&self, kinds: &[&str]) -> bool {
        let kind = if self.is(1, "or") && self.is(2, "replace") { 3 } else { 1 };
        self.is(0, "create") && kinds.iter().any(|one| self.is(kind, one))
    }

    pub(super) fn is_rule(&self) -> bool {
        self.creates(&["rule"])
    }

    pub(super) fn is_routine(&self) -> bool {
        self.creates(&["function", "procedure"])
    }

    /// Whether rows follow: `COPY ... FROM STDIN`.
    pub(super) fn takes_rows(&self) -> bool {
        self.stdin
    }

    pub(super) fn class(&self) -> Class {
        let Some(first) = self.first.first().map(|word| word.to_ascii_lowercase()) else { return Class::Definition };
        match first.as_str() {
            "insert" | "update" | "delete" | "merge" | "truncate" | "copy" | "call" | "refresh" | "with" | "values"
            | "table" | "fetch" | "vacuum" | "analyze" | "analyse" | "cluster" | "reindex" | "checkpoint"
            | "execute" | "explain" | "lock" | "notify" | "listen" | "unlisten" | "show" | "deallocate" | "discard"
            | "declare" | "close" | "move" | "(" => Class::Data,
            "prepare" if !self.is(1, "transaction") => Class::Data,
            "select" => self.select(),
            "set" if self.is(1, "transaction") || self.is(1, "constraints") => Class::Transaction,
            "set" | "reset" => Class::Session,
            "begin" | "commit" | "rollback" | "start" | "end" | "abort" | "savepoint" | "release" | "prepare" => {
                Class::Transaction
            }
            _ => Class::Definition,
        }
    }

    fn select(&self) -> Class {
        let qualified = self.is(1, "pg_catalog") && self.is(2, ".");
        let name = if qualified { 3 } else { 1 };
        if self.is(name, "set_config") && self.is(name + 1, "(") { Class::Session } else { Class::Data }
    }
}
