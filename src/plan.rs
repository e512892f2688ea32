//! From two states to statements in an order that Postgres accepts.
//!
//! `change` decides what is created, altered, dropped and replaced; `build` makes actions of that, `graph` says what must
//! come before what, `untangle` finds an order;
//! `fold` joins for the reader's sake what order allows to be joined; `step` cuts the result into transactions,
//! and `hot` those that would lock two tables in use.

pub mod action;
pub mod build;
pub mod change;
pub mod dependency;
pub mod error;
pub mod fold;
pub mod graph;
pub mod hot;
pub mod order;
pub mod rename;
pub mod step;
pub mod untangle;

use crate::catalog::Catalog;
use crate::diff::diff;
use crate::kind::default_privileges::any_current;
use crate::kind::default_privileges::spell_out::spell_out;
use crate::kind::{Body, Key, Site};
use crate::plan::action::{Action, Phases};
use crate::plan::change::Changes;
use crate::plan::dependency::Dependencies;
use crate::plan::error::PlanError;
use crate::plan::step::Step;

/// Turns an action into its online form; none where the plain form is right.
pub type Rewrite<'a> = &'a dyn Fn(&Action, &Site, &Changes) -> Option<Phases>;

/// The ordered way from one state to another.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    pub steps: Vec<Step>,
}

impl Plan {
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The transactions in order, each as its steps; a step outside a transaction is alone.
    pub fn transactions(&self) -> Vec<&[Step]> {
        self.steps.chunk_by(|a, b| a.group == b.group).collect()
    }
}

/// Plans the way from `live` to `desired`.
///
/// # Errors
/// `PlanError` when something cannot be replaced or the order has a cycle that nothing can break.
pub fn plan(live: &Catalog, desired: &Catalog, rewrite: Rewrite) -> Result<Plan, PlanError> {
    let usable = without_failed_builds(desired);
    let desired = usable.as_ref().unwrap_or(desired);
    if !any_current(&live.facts) && !any_current(&desired.facts) {
        return between(live, desired, rewrite);
    }
    let (mut live, mut desired) = (live.clone(), desired.clone());
    spell_out(&mut live.facts, &mut desired.facts);
    between(&live, &desired, rewrite)
}

/// The state without the INVALID indexes that failed concurrent builds have left in it: nobody wants one, and nothing
/// can make one. None where it has none.
fn without_failed_builds(state: &Catalog) -> Option<Catalog> {
    let invalid = |(_, body): &(&Key, &Body)| matches!(body, Body::Index(index) if !index.valid);
    let mut gone: Vec<Key> = state.facts.iter().filter(invalid).map(|(key, _)| key.clone()).collect();
    if gone.is_empty() {
        return None;
    }
    let mut state = state.clone();
    while let Some(key) = gone.pop() {
        gone.extend(state.facts.standing_on(&key).map(|(key, _)| key.clone()));
        state.facts.remove(&key);
    }
    Some(state)
}

fn between(live: &Catalog, desired: &Catalog, rewrite: Rewrite) -> Result<Plan, PlanError> {
    let differences = diff(&live.facts, &desired.facts);
    if differences.is_empty() {
        return Ok(Plan::default());
    }
    let (from, to) = (Dependencies::of(live, &desired.facts), Dependencies::for_building(desired, &live.facts));
    let changes = Changes::decide(&differences, live, desired, &from, &to)?;
    let actions = untangle::ordered(&changes, live, desired, &from, &to, rewrite)?;
    Ok(Plan { steps: step::cut(actions) })
}
