//! One statement of a script: what it does, where it stands, and how a finding points at a part of it.

use std::ops::Range;

use pg_query::NodeEnum;

use crate::base::name::without_public;
use crate::base::place::Place;
use crate::kind::Key;
use crate::lint::finding::{Finding, Span};
use crate::lint::guess::known::Known;
use crate::lint::guess::work::Work;
use crate::lint::guess::{guess, works};
use crate::lint::rule::Rule;
use crate::lint::state::State;
use crate::observe::effect::{Effect, Effects};
use crate::observe::relation::Relation;
use crate::sql::lex::Lexer;
use crate::sql::parser::Parsed;

/// One statement of a script.
pub struct Statement<'a> {
    /// Without the semicolon.
    pub sql: &'a str,
    /// The transaction that it runs in, by number; none for one by itself or outside of any.
    pub transaction: Option<usize>,
    /// What it does to relations that were there before the script.
    pub effects: Effects,
    /// Whether that was seen on scratch; else it is guessed from the text.
    pub measured: bool,
    /// What Postgres said against it on scratch.
    pub refused: Option<String>,
    /// What each subcommand of an ALTER TABLE does, as its text tells.
    pub works: Vec<Work>,
    /// What it names, as that was before it; empty where it was not run.
    pub before: State,
    /// The same, after it.
    pub after: State,
    pub(super) tree: Option<Parsed>,
    pub(super) span: Option<Span>,
    pub(super) key: Option<&'a Key>,
    pub(super) place: Option<Place>,
}

impl<'a> Statement<'a> {
    pub(super) fn new(
        (sql, tree): (&'a str, Option<Parsed>),
        transaction: Option<usize>,
        seen: Option<&Effects>,
        known: &mut Known,
    ) -> Self {
        let node = tree.as_ref().and_then(node);
        let guessed = node.map(|node| guess(node, known)).unwrap_or_default();
        let works = node.map(|node| works(node, known)).unwrap_or_default();
        if let Some(node) = node {
            known.learn(node);
        }
        let (effects, measured) = seen.map_or((guessed, false), |seen| (seen.clone(), true));
        let (before, after) = (State::default(), State::default());
        Self {
            sql,
            transaction,
            effects,
            measured,
            refused: None,
            works,
            before,
            after,
            tree,
            span: None,
            key: None,
            place: None,
        }
    }

    /// Its parse tree; none where it cannot be parsed.
    pub fn node(&self) -> Option<&NodeEnum> {
        self.tree.as_ref().and_then(node)
    }

    /// Whether this statement builds, reads or rewrites a table under a lock that makes others wait, with that table.
    pub fn blocks_long(&self) -> impl Iterator<Item = (&Relation, &Effect)> {
        self.effects.tables().filter(|(_, effect)| effect.blocks_long())
    }

    /// A finding about the whole statement and one object, as a person names it.
    pub fn finding(&self, rule: &Rule, object: &str, message: impl Into<String>) -> Finding {
        Finding {
            level: rule.level,
            object: without_public(object),
            at: self.span.clone(),
            key: self.key.cloned(),
            ..Finding::of_plan(rule.code, message)
        }
    }

    /// The same, about the part of the statement that begins at a node's location and ends with this text.
    pub fn part(&self, finding: Finding, location: i32, text: &str) -> Finding {
        let piece = self.offset(location).map(|offset| {
            let length = if self.sql[offset..].starts_with(text) { text.len() } else { word(&self.sql[offset..]) };
            offset..offset + length
        });
        self.at(finding, piece)
    }

    /// The same, about these bytes of the statement.
    pub fn at(&self, finding: Finding, bytes: Option<Range<usize>>) -> Finding {
        match self.span.as_ref().zip(bytes.and_then(|bytes| self.in_file(bytes))) {
            Some((span, bytes)) => Finding { at: Some(Span { bytes, ..span.clone() }), ..finding },
            None => finding,
        }
    }

    /// The byte of the statement that a node's location stands for.
    pub fn offset(&self, location: i32) -> Option<usize> {
        self.tree.as_ref().and_then(|tree| tree.offset(location))
    }

    /// Whether somebody wrote it, so that it is no step of a plan.
    pub fn is_written(&self) -> bool {
        self.span.is_some()
    }

    /// The same, about the name at a location: with its schema, and whole where it is quoted.
    pub fn part_name(&self, finding: Finding, location: i32) -> Finding {
        let Some(start) = self.tree.as_ref().and_then(|tree| tree.offset(location)) else { return finding };
        let mut end = start;
        for (number, token) in Lexer::starting(self.sql, start).enumerate() {
            if number % 2 == 1 && !token.is_symbol(self.sql, b'.') {
                break;
            }
            end = token.at.end;
        }
        self.bytes(finding, start..end)
    }

    /// The same, about a type as it is written: with what stands in parentheses behind it.
    pub fn part_type(&self, finding: Finding, location: i32) -> Finding {
        let Some(start) = self.tree.as_ref().and_then(|tree| tree.offset(location)) else { return finding };
        let mut end = start;
        let mut open = 0_usize;
        for token in Lexer::starting(self.sql, start) {
            let more =
                end == start || open > 0 || token.is_word(self.sql, "varying") || token.is_symbol(self.sql, b'(');
            if !more {
                break;
            }
            open += usize::from(token.is_symbol(self.sql, b'('));
            open -= usize::from(open > 0 && token.is_symbol(self.sql, b')'));
            end = token.at.end;
            if open == 0 && token.is_symbol(self.sql, b')') {
                break;
            }
        }
        self.bytes(finding, start..end)
    }

    /// The same, about some bytes of the statement.
    pub fn bytes(&self, finding: Finding, bytes: Range<usize>) -> Finding {
        let at = self.span.as_ref().zip(self.in_file(bytes)).map(|(span, bytes)| Span { bytes, ..span.clone() });
        Finding { at: at.or(finding.at), ..finding }
    }

    /// Where a transaction begins or ends.
    pub fn boundary(&self) -> Option<Boundary> {
        self.node().and_then(boundary)
    }

    /// Bytes of the file, for those of the statement.
    pub fn in_file(&self, bytes: Range<usize>) -> Option<Range<usize>> {
        let start = self.span.as_ref()?.bytes.start;
        Some(start + bytes.start..start + bytes.end)
    }

    /// Whether it is a step of a plan, which somebody declared, and not a file that somebody wrote.
    pub fn is_planned(&self) -> bool {
        self.key.is_some()
    }

    /// Where a person finds what a step of a plan is about.
    pub fn place(&self) -> Option<&Place> {
        self.place.as_ref()
    }
}

/// The length of the word at the start of the text, at least one character.
fn word(text: &str) -> usize {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).unwrap_or(text.len());
    end.max(text.chars().next().map_or(0, char::len_utf8))
}

fn node(tree: &Parsed) -> Option<&NodeEnum> {
    tree.tree.stmts.first()?.stmt.as_ref()?.node.as_ref()
}

/// What a statement does to transactions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Boundary {
    Begin,
    End,
}

fn boundary(node: &NodeEnum) -> Option<Boundary> {
    use pg_query::protobuf::TransactionStmtKind as Kind;
    let NodeEnum::TransactionStmt(statement) = node else { return None };
    match statement.kind() {
        Kind::TransStmtBegin | Kind::TransStmtStart => Some(Boundary::Begin),
        Kind::TransStmtCommit | Kind::TransStmtRollback | Kind::TransStmtPrepare => Some(Boundary::End),
        _ => None,
    }
}
