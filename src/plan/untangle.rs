//! One order of all actions, and what gives way where there is none.
//!
//! A loop is broken by taking apart what rides with a CREATE (defaults first, then columns), by letting go of wishes, or
//! by doing one member in two parts; one that is left is an error that names its members.

use std::collections::BTreeSet;

use crate::catalog::Catalog;
use crate::kind::Key;
use crate::plan::Rewrite;
use crate::plan::action::{Action, Part, Verb};
use crate::plan::build::{Actions, Builder};
use crate::plan::change::Changes;
use crate::plan::dependency::Dependencies;
use crate::plan::error::PlanError;
use crate::plan::graph::Graph;
use crate::plan::{fold, order};

/// The actions in an order that Postgres accepts.
pub fn ordered(
    changes: &Changes,
    live: &Catalog,
    desired: &Catalog,
    from: &Dependencies,
    to: &Dependencies,
    rewrite: Rewrite,
) -> Result<Vec<Action>, PlanError> {
    let mut separate = BTreeSet::new();
    let mut stubs: BTreeSet<(Verb, Key)> = name_themselves(changes, desired);
    let (mut wishes, mut leaves) = (true, true);
    loop {
        let builder = Builder { changes, live, desired, rewrite, separate: &separate, stubs: &stubs };
        let actions = builder.build();
        let graph = Graph { builder: &builder, actions: &actions, from, to, wishes, leaves }.edges();
        let members = match order::sort(&actions.all, &graph) {
            Ok(sequence) => return Ok(fold::fold(&builder, actions, &graph, sequence)),
            Err(members) => members,
        };
        let apart = take_apart(&actions, &members, &separate);
        if apart.is_empty() && wishes {
            wishes = false;
            continue;
        }
        if apart.is_empty() && leaves {
            leaves = false;
            continue;
        }
        if apart.is_empty() {
            let Some(stub) = choose_stub(&builder, &actions, &members, from, to) else {
                return Err(PlanError::Cycle { members: describe(&actions, &members) });
            };
            stubs.insert(stub);
            (wishes, leaves) = (true, true);
        }
        separate.extend(apart);
    }
}

/// New facts whose definition names them: they must be there before they get it.
fn name_themselves(changes: &Changes, desired: &Catalog) -> BTreeSet<(Verb, Key)> {
    let named = |key: &&Key| desired.edges.uses(key).any(|used| used == *key);
    changes.created.iter().filter(named).map(|key| (Verb::Create, key.clone())).collect()
}

/// The member of a loop that is done in two parts: the first with which there is an order, or else the first that can
/// be. What changes anyway comes before what would have to be made twice.
fn choose_stub(
    builder: &Builder,
    actions: &Actions,
    members: &[usize],
    from: &Dependencies,
    to: &Dependencies,
) -> Option<(Verb, Key)> {
    let can = |action: &&Action| {
        action.part == Part::Whole && builder.parts(action.verb, &action.key, &action.statements).is_some()
    };
    let found: BTreeSet<(bool, Key, Verb)> = members
        .iter()
        .map(|member| &actions.all[*member])
        .filter(can)
        .map(|action| (action.verb != Verb::Alter, action.key.clone(), action.verb))
        .collect();
    let mut candidates = found.into_iter().map(|(_, key, verb)| (verb, key)).peekable();
    let first = candidates.peek().cloned();
    let breaks = |candidate: &(Verb, Key)| {
        let mut stubs = builder.stubs.clone();
        stubs.insert(candidate.clone());
        let builder = Builder { stubs: &stubs, ..*builder };
        let actions = builder.build();
        let graph = Graph { builder: &builder, actions: &actions, from, to, wishes: false, leaves: false }.edges();
        order::sort(&actions.all, &graph).is_ok()
    };
    candidates.find(breaks).or(first)
}

/// What can be split off the CREATEs in a loop: all their defaults, or else all their columns.
fn take_apart(actions: &Actions, members: &[usize], separate: &BTreeSet<Key>) -> BTreeSet<Key> {
    let riders = || {
        members
            .iter()
            .map(|member| &actions.all[*member])
            .filter(|action| action.verb == Verb::Create)
            .flat_map(|action| action.with.iter().filter(|key| **key != action.key))
            .filter(|key| !separate.contains(*key))
    };
    let defaults: BTreeSet<Key> = riders().filter(|key| matches!(key, Key::Default(_))).cloned().collect();
    if defaults.is_empty() { riders().filter(|key| matches!(key, Key::Column(_))).cloned().collect() } else { defaults }
}

fn describe(actions: &Actions, members: &[usize]) -> Vec<String> {
    members.iter().map(|member| actions.all[*member].key.to_string()).collect()
}
