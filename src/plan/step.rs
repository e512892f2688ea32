//! The steps of a plan: statements in order, cut into transactions.

use crate::kind::Key;
use crate::kind::statement::{Hazard, Statement};
use crate::observe::effect::Effects;
use crate::plan::action::{Action, Part, Verb};

/// One statement of a plan.
#[derive(Clone, Debug)]
pub struct Step {
    pub verb: Verb,
    /// The fact that the statement is about.
    pub key: Key,
    /// All facts that it creates, alters or drops.
    pub with: Vec<Key>,
    pub sql: String,
    pub hazards: Vec<Hazard>,
    /// Why a fact that both states have is dropped and created.
    pub reason: Option<String>,
    /// The transaction it belongs to, counted from zero. A step outside a transaction has a number of its own.
    pub group: usize,
    pub outside: bool,
    /// What it was seen to do to relations that were there before the plan; none where it was not run.
    pub effects: Option<Effects>,
    pub part: Part,
}

impl Step {
    /// A step of the first transaction, about one fact.
    pub fn of(verb: Verb, key: &Key, statement: Statement) -> Self {
        Self {
            verb,
            key: key.clone(),
            with: vec![key.clone()],
            sql: statement.sql,
            hazards: statement.hazards,
            reason: None,
            group: 0,
            outside: statement.outside,
            effects: None,
            part: Part::Whole,
        }
    }
}

/// Cuts the statements into transactions: as few as the statements allow.
pub fn cut(actions: Vec<Action>) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut group = 0;
    let mut last: Option<(bool, bool)> = None;
    for action in actions {
        for statement in action.statements {
            if last.is_some_and(|last| starts_anew(last, &statement)) {
                group += 1;
            }
            last = Some((statement.outside, statement.commit_after));
            steps.push(Step {
                verb: action.verb,
                key: action.key.clone(),
                with: action.with.iter().cloned().collect(),
                sql: statement.sql,
                hazards: statement.hazards,
                reason: action.reason.clone(),
                group,
                outside: statement.outside,
                effects: None,
                part: action.part,
            });
        }
    }
    steps
}

/// Whether a transaction ends between the statement before (outside a transaction, to be committed) and this one.
fn starts_anew((outside, commit_after): (bool, bool), next: &Statement) -> bool {
    outside || next.outside || next.commit_before || (commit_after && !next.commit_after)
}
