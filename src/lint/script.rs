//! Statements as the rules see them: the steps of a plan, or a file that somebody wrote.

use std::ops::Range;

use pg_query::NodeEnum;

use crate::base::name::without_public;
use crate::base::place::Place;
use crate::kind::Key;
use crate::lint::down::Down;
use crate::lint::finding::{Finding, Level, Span};
use crate::lint::guess::known::Known;
use crate::lint::guess::work::Work;
use crate::lint::guess::{guess, works};
use crate::lint::rule::Rule;
use crate::lint::state::State;
use crate::observe::effect::{Effect, Effects};
use crate::observe::relation::Relation;
use crate::observe::size::Sizes;
use crate::plan::Plan;
use crate::sql::lex::Lexer;
use crate::sql::parser::{Parsed, parse};
use crate::sql::split;

/// From how many rows or bytes on a table counts as large: work on a smaller one is worth a note.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Threshold {
    pub rows: u64,
    pub bytes: u64,
}

impl Default for Threshold {
    /// A scan of so much is over in a few milliseconds.
    fn default() -> Self {
        Self { rows: 10_000, bytes: 8 << 20 }
    }
}

/// What is known beside the statements.
#[derive(Clone, Debug, Default)]
pub struct Context {
    pub sizes: Sizes,
    /// The major version of the server that it is for; none where nobody said.
    pub major: Option<u32>,
    /// The number behind the point, where a server was asked.
    pub minor: Option<u32>,
    pub threshold: Threshold,
    /// Whether what runs the file wraps it in a transaction, as many tools do.
    pub in_transaction: bool,
    /// What the scripts told that run before it.
    pub known: Known,
    /// The bytes of the file that the statements are from; none for all of it.
    pub within: Option<Range<usize>>,
    /// The way back; none where nobody looked.
    pub down: Option<Down>,
}

/// One script.
pub struct Script<'a> {
    pub statements: Vec<Statement<'a>>,
    /// The same as they stand in the file, with what is for psql; none for a plan.
    pub file: &'a [split::Statement],
    pub context: Context,
    /// What is known after it, for the next one.
    pub known: Known,
}

/// What came of running a statement of a file on scratch.
#[derive(Clone, Debug, Default)]
pub struct Ran {
    /// None for what was not run: what opens and ends transactions, and what is for psql.
    pub effects: Option<Effects>,
    /// What Postgres said against it.
    pub refused: Option<String>,
    /// What it names, as that was before it.
    pub before: State,
    /// The same, after it.
    pub after: State,
}

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
    tree: Option<Parsed>,
    span: Option<Span>,
    key: Option<&'a Key>,
    place: Option<Place>,
}

impl<'a> Script<'a> {
    /// The steps of a plan, and where the files declare what they are about.
    pub fn of_plan(plan: &'a Plan, mut context: Context, places: &dyn Fn(&Key) -> Option<Place>) -> Self {
        let mut known = std::mem::take(&mut context.known);
        let mut statements = Vec::new();
        for step in &plan.steps {
            let transaction = (!step.outside).then_some(step.group);
            let statement = Statement::new(&step.sql, transaction, step.effects.as_ref(), &mut known);
            statements.push(Statement { key: Some(&step.key), place: places(&step.key), ..statement });
        }
        Self { statements, file: &[], context, known: known.for_next() }
    }

    /// The statements of a file, each with what came of running it; nothing where none was run. `file` is all of them;
    /// what is no SQL for the server is left out.
    pub fn of_file(file: &'a [split::Statement], ran: &[Ran], mut context: Context) -> Self {
        let mut known = std::mem::take(&mut context.known);
        let (mut open, mut number) = (context.in_transaction, 0);
        let mut statements = Vec::new();
        for (index, statement) in file.iter().enumerate().filter(|(_, s)| s.class != split::Class::Meta) {
            let ran = ran.get(index);
            let effects = ran.and_then(|ran| ran.effects.as_ref());
            let span = Span { file: statement.file.clone(), bytes: statement.span.clone() };
            let new = Statement::new(statement.sql(), open.then_some(number), effects, &mut known);
            match new.node().and_then(boundary) {
                Some(Boundary::Begin) => open = true,
                Some(Boundary::End) => {
                    open = false;
                    number += 1;
                }
                None => {}
            }
            let Ran { refused, before, after, .. } = ran.cloned().unwrap_or_default();
            statements.push(Statement { span: Some(span), refused, before, after, ..new });
        }
        Self { statements, file, context, known: known.for_next() }
    }

    /// The statement that a byte of the file is in, or that follows it.
    pub fn at(&self, byte: usize) -> Option<&Statement<'a>> {
        self.statements.iter().find(|statement| statement.span.as_ref().is_some_and(|span| span.bytes.end > byte))
    }

    /// A finding about a part of the file that no statement needs to be in.
    pub fn finding(&self, rule: &Rule, bytes: Range<usize>, message: impl Into<String>) -> Finding {
        let at = self.file.first().map(|first| Span { file: first.file.clone(), bytes });
        Finding { level: rule.level, at, ..Finding::of_plan(rule.code, message) }
    }

    /// A finding of a rule about each statement that it has something to say about.
    pub fn each(&self, check: impl Fn(&Statement) -> Vec<Finding>) -> Vec<Finding> {
        self.statements.iter().flat_map(check).collect()
    }

    /// The statements of each transaction, in order; what runs by itself is one of its own.
    pub fn transactions(&self) -> Vec<&[Statement<'a>]> {
        self.statements.chunk_by(|a, b| a.transaction.is_some() && a.transaction == b.transaction).collect()
    }

    /// Whether the table is known to be so small that nobody notices work on it.
    pub fn is_small(&self, relation: &Relation) -> bool {
        let Threshold { rows, bytes } = self.context.threshold;
        let small = |size: crate::observe::size::Size| size.bytes < bytes && size.rows.is_none_or(|count| count < rows);
        self.context.sizes.of(relation).is_some_and(small)
    }

    /// A finding about what a statement does to one relation: it names its size, and weighs less where that is small.
    pub fn on(&self, rule: &Rule, statement: &Statement, relation: &Relation, message: impl Into<String>) -> Finding {
        let mut message = message.into();
        if let Some(size) = self.context.sizes.of(relation).filter(|size| size.bytes > 0) {
            message = format!("{message} ({})", size.words());
        }
        let finding = statement.finding(rule, &relation.to_string(), message);
        let level = if self.is_small(relation) { Level::Note.max(finding.level) } else { finding.level };
        let (effects, measured) = (Some(statement.effects.clone()), statement.measured);
        Finding { level, effects, measured, ..finding }
    }
}

impl<'a> Statement<'a> {
    fn new(sql: &'a str, transaction: Option<usize>, seen: Option<&Effects>, known: &mut Known) -> Self {
        let tree = parse(sql).ok();
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
