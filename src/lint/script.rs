//! Statements as the rules see them: the steps of a plan, or a file that somebody wrote.

mod statement;

use std::collections::BTreeMap;
use std::ops::Range;

use crate::base::place::Place;
use crate::kind::Key;
use crate::lint::applied::Applied;
use crate::lint::down::Down;
use crate::lint::finding::{Finding, Level, Span};
use crate::lint::guess::known::Known;
use crate::lint::rule::Rule;
use crate::lint::state::State;
use crate::observe::effect::Effects;
use crate::observe::relation::Relation;
use crate::observe::size::{Size, Sizes};
use crate::plan::Plan;
use crate::sql::parser::{Parsed, parse, parse_each};
use crate::sql::split;

pub use crate::lint::script::statement::{Boundary, Statement};

/// From how many rows or bytes on a table counts as large: work on a smaller one is worth a note.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Threshold {
    pub rows: u64,
    pub bytes: u64,
}

impl Threshold {
    /// Whether nobody notices work on so much.
    pub fn is_small(&self, size: &Size) -> bool {
        size.bytes < self.bytes && size.rows.is_none_or(|count| count < self.rows)
    }
}

impl Default for Threshold {
    /// A scan of so much is over in a few milliseconds.
    fn default() -> Self {
        Self { rows: 10_000, bytes: 8 << 20 }
    }
}

/// By schema and name of a table, the columns of each of its keys.
pub type Keys = BTreeMap<(String, String), Vec<Vec<String>>>;

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
    /// The columns of the keys of live tables, where the facts of a database are known.
    pub keys: Keys,
    /// The way back; none where nobody looked.
    pub down: Option<Down>,
    /// What the database that was named ran of it; none where it did not, or where none was named.
    pub applied: Option<Applied>,
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

impl<'a> Script<'a> {
    /// The steps of a plan, and where the files declare what they are about.
    pub fn of_plan(plan: &'a Plan, mut context: Context, places: &dyn Fn(&Key) -> Option<Place>) -> Self {
        let mut known = std::mem::take(&mut context.known);
        let mut statements = Vec::new();
        for step in &plan.steps {
            let transaction = (!step.outside).then_some(step.group);
            let statement =
                Statement::new((&step.sql, parse(&step.sql).ok()), transaction, step.effects.as_ref(), &mut known);
            statements.push(Statement { key: Some(&step.key), place: places(&step.key), ..statement });
        }
        Self { statements, file: &[], context, known: known.for_next() }
    }

    /// The statements of a file, each with what came of running it; nothing where none was run. `file` is all of them;
    /// what is no SQL for the server is left out.
    pub fn of_file(file: &'a [split::Statement], ran: &[Ran], context: Context) -> Self {
        Self::of_trees(file, trees(file), ran, context)
    }

    /// The same of one that is parsed.
    pub fn of_trees(
        file: &'a [split::Statement],
        trees: Vec<Option<Parsed>>,
        ran: &[Ran],
        mut context: Context,
    ) -> Self {
        let mut known = std::mem::take(&mut context.known);
        let (mut open, mut number) = (context.in_transaction, 0);
        let mut statements = Vec::new();
        for ((index, statement), tree) in for_the_server(file).zip(trees) {
            let ran = ran.get(index);
            let effects = ran.and_then(|ran| ran.effects.as_ref());
            let span = Span { file: statement.file.clone(), bytes: statement.span.clone() };
            let new = Statement::new((statement.sql(), tree), open.then_some(number), effects, &mut known);
            match new.boundary() {
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
        self.context.sizes.of(relation).is_some_and(|size| self.context.threshold.is_small(&size))
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

/// The parse trees of the statements of a file that are for the server.
pub fn trees(file: &[split::Statement]) -> Vec<Option<Parsed>> {
    let spans: Vec<Range<usize>> = for_the_server(file).map(|(_, statement)| statement.span.clone()).collect();
    file.first().map(|first| parse_each(&first.file.text, &spans)).unwrap_or_default()
}

/// Without what is for psql; with their place among all.
fn for_the_server(file: &[split::Statement]) -> impl Iterator<Item = (usize, &split::Statement)> {
    file.iter().enumerate().filter(|(_, statement)| statement.class != split::Class::Meta)
}
