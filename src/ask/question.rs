//! What is asked: which rows of a table a statement would stop at.

use crate::ask::table::Table;
use crate::lint::rule::Rule;

/// How the rows that are meant are found.
#[derive(Clone, Debug)]
pub(super) enum Test {
    /// They fulfil this condition.
    Where(String),
    /// This expression fails on them. It can only be tried, row by row.
    Fails { value: String, type_name: String, expression: String },
}

/// One question.
#[derive(Clone)]
pub(super) struct Question {
    /// The rule that says what was found.
    pub(super) rule: &'static Rule,
    /// What `--allow CODE:OBJECT` takes.
    pub(super) object: String,
    /// What is said before and after the number of rows.
    pub(super) says: [String; 2],
    /// What stands behind FROM.
    pub(super) from: String,
    pub(super) table: Table,
    pub(super) test: Test,
    /// Whether it means something only where the one before found nothing.
    pub(super) once_clean: bool,
}

impl Question {
    /// About the rows of a table that fulfil a condition.
    pub(super) fn new(rule: &'static Rule, table: &Table, from: String, condition: String) -> Self {
        let says = [String::new(), String::new()];
        let (object, table) = (table.said(), table.clone());
        Self { rule, object, says, from, table, test: Test::Where(condition), once_clean: false }
    }

    #[must_use]
    pub(super) fn says(mut self, before: String, after: impl Into<String>) -> Self {
        self.says = [before, after.into()];
        self
    }

    #[must_use]
    pub(super) fn object(mut self, object: String) -> Self {
        self.object = object;
        self
    }

    /// For a sentence about the question itself.
    pub(super) fn about(&self) -> String {
        format!("{} of {}", self.rule.code, self.object)
    }
}
