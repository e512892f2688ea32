//! What is known of the way back of a migration.

use crate::lint::Finding;
use crate::lint::finding::Span;
use crate::lint::rule::Rule;
use crate::lint::script::Script;

/// The way back of one migration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Down {
    /// What a person calls the migration: `0003_orders`.
    pub id: String,
    /// Where it stands; none where there is none.
    pub at: Option<Span>,
    pub came: Came,
    /// The files of the pair that are not what they were when it was proven: `up.sql`.
    pub edited: Vec<String>,
}

/// What came of running it after its up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Came {
    /// There is none, where other migrations of the folder have one.
    Missing,
    /// It was not tried; says why.
    Untried(String),
    /// Postgres refuses it, and says why.
    Refused(String),
    /// What would still lead from the state that it reaches to the one before the up; or why the up does not run again.
    Differs(Vec<String>),
    /// The state is the one before the up.
    Proven,
}

/// The finding that a rule has about the way back of this script, if `said` has something to say of it.
pub(super) fn of_down(rule: &Rule, script: &Script, said: impl Fn(&Down) -> Option<String>) -> Vec<Finding> {
    let Some(down) = &script.context.down else { return Vec::new() };
    let Some(message) = said(down) else { return Vec::new() };
    let whole = script.file.first().map_or(0..0, |first| first.span.clone());
    let found = script.finding(rule, whole, message);
    let at = down.at.clone().or(found.at);
    vec![Finding { object: down.id.clone(), at, ..found }]
}
