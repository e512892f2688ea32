//! Names that are exchanged: of columns, of the indexes and constraints on them, and of enums.

use std::collections::BTreeSet;

use crate::base::name::Ident;
use crate::catalog::Catalog;
use crate::kind::key::Attached;
use crate::kind::statement::Statement;
use crate::kind::{Body, Key, Site};
use crate::plan::action::{Part, Verb};
use crate::plan::step::Step;
use crate::propose::expand::Change;
use crate::strategy::swap::{NEW, OLD, beside};

/// One rename, by the key before the exchange and the key after it, with the body that says how.
pub(super) struct Move {
    pub(super) before: Key,
    pub(super) after: Key,
    body: Body,
    /// What is set where nothing is written. Only the one under the proper name has it, or a sequence would be asked twice.
    default: Option<Body>,
}

/// All of them in the order of the up: what is there leaves its name, and what was built beside takes it.
pub(super) struct Exchange {
    pub(super) leaving: Vec<Move>,
    pub(super) arriving: Vec<Move>,
}

impl Exchange {
    /// Of these columns, and of what is on them in each state. Of columns that keep their names only what is on both
    /// of them in turn.
    pub(super) fn of(change: &Change, [live, desired]: [&Catalog; 2]) -> Self {
        let keeps = change.keeps();
        let moves = |state: &Catalog, along: &BTreeSet<Key>, suffix: &str, leaves: bool| -> Vec<Move> {
            let one = |key: &Key| {
                let (own, other) = (key.clone(), beside(key, suffix));
                let (before, after) = if leaves { (own, other) } else { (other, own) };
                let default = state.facts.get(&Key::Default(Attached::new(key.clone()))).cloned();
                Some(Move { before, after, body: state.facts.get(key)?.clone(), default })
            };
            change.columns.keys().filter(|_| !keeps).chain(along).filter_map(one).collect()
        };
        let mut leaving = moves(live, &change.live.along, OLD, true);
        let mut arriving = moves(desired, &change.desired.along, NEW, false);
        leaving.retain(|step| !keeps || change.desired.along.contains(&step.before));
        // What is new by name as well is built under it.
        arriving.retain(|step| leaving.iter().any(|other| other.before == step.after));
        Self { leaving, arriving }
    }

    /// Of enums that are replaced under their own names.
    pub(super) fn of_enums(along: &[Change], [live, desired]: [&Catalog; 2]) -> Self {
        let enums: BTreeSet<&Key> = along.iter().flat_map(|change| &change.enums).collect();
        let one = |key: &Key, state: &Catalog, [before, after]: [&Key; 2]| {
            let body = state.facts.get(key)?.clone();
            Some(Move { before: before.clone(), after: after.clone(), body, default: None })
        };
        let leaving = enums.iter().filter_map(|key| one(key, live, [key, &beside(key, OLD)])).collect();
        let arriving = enums.iter().filter_map(|key| one(key, desired, [&beside(key, NEW), key])).collect();
        Self { leaving, arriving }
    }

    /// The renames of the up.
    pub(super) fn forth(&self, state: &Catalog) -> Vec<Step> {
        let renames = self.leaving.iter().chain(&self.arriving).flat_map(|step| steps(step, state, true));
        let dropped = self.leaving.iter().filter_map(|step| default(step, &step.before, state, false));
        let set = self.arriving.iter().filter_map(|step| default(step, &step.after, state, true));
        dropped.chain(renames).chain(set).collect()
    }

    /// Those of the down.
    pub(super) fn back(&self, state: &Catalog) -> Vec<Step> {
        let all = self.arriving.iter().rev().chain(self.leaving.iter().rev());
        let renames = all.flat_map(|step| steps(step, state, false));
        let dropped = self.arriving.iter().filter_map(|step| default(step, &step.after, state, false));
        let set = self.leaving.iter().filter_map(|step| default(step, &step.before, state, true));
        dropped.chain(renames).chain(set).collect()
    }

    /// Only what leaves its name.
    pub(super) fn away(&self, state: &Catalog) -> Vec<Step> {
        self.leaving.iter().flat_map(|step| steps(step, state, true)).collect()
    }
}

/// The default of a column under this name is set, or goes.
fn default(step: &Move, column: &Key, state: &Catalog, set: bool) -> Option<Step> {
    let body = step.default.as_ref()?;
    let key = Key::Default(Attached::new(column.clone()));
    let nothing = BTreeSet::new();
    let site = Site { key: &key, here: &state.facts, there: &state.facts, absorbed: &nothing };
    let statement = if set { body.create(&site) } else { body.drop(&site) }.into_iter().next()?;
    Some(of_exchange(if set { Verb::Create } else { Verb::Drop }, key.clone(), statement, None))
}

fn steps(step: &Move, state: &Catalog, forth: bool) -> Vec<Step> {
    let (from, to) = if forth { (&step.before, &step.after) } else { (&step.after, &step.before) };
    let nothing = BTreeSet::new();
    let site = Site { key: from, here: &state.facts, there: &state.facts, absorbed: &nothing };
    let reason = format!("it was called {}", Ident::new(step.before.name()));
    let one = |statement| of_exchange(Verb::Rename, step.after.clone(), statement, Some(reason.clone()));
    step.body.rename(&site, to).into_iter().map(one).collect()
}

/// A step of the one transaction in which the names are exchanged.
fn of_exchange(verb: Verb, key: Key, statement: Statement, reason: Option<String>) -> Step {
    Step {
        verb,
        with: vec![key.clone()],
        key,
        sql: statement.sql,
        hazards: statement.hazards,
        reason,
        group: 0,
        outside: false,
        effects: None,
        part: Part::Whole,
    }
}
