//! Joins what a person would have written as one statement, where no dependency crosses.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::kind::Key;
use crate::plan::action::{Action, Verb};
use crate::plan::build::{Actions, Builder};

/// The actions in this sequence, with constraints folded into the CREATE of what they stand on when everything that
/// they wait for comes before it anyway.
pub fn fold(builder: &Builder, actions: Actions, graph: &DiGraph<(), ()>, sequence: Vec<usize>) -> Vec<Action> {
    let mut place = vec![0; sequence.len()];
    for (position, index) in sequence.iter().enumerate() {
        place[*index] = position;
    }
    let mut folded: BTreeMap<usize, usize> = BTreeMap::new();
    let mut riders: BTreeMap<usize, BTreeSet<Key>> = BTreeMap::new();
    for index in &sequence {
        let Some(target) = target(builder, &actions, *index) else { continue };
        let free = graph.neighbors_directed(NodeIndex::new(*index), Direction::Incoming).all(|before| {
            let before = before.index();
            before == target || place[before] < place[target] || folded.get(&before) == Some(&target)
        });
        if free {
            folded.insert(*index, target);
            riders.entry(target).or_default().extend(actions.all[*index].with.iter().cloned());
        }
    }
    let mut result = Vec::with_capacity(sequence.len());
    for index in sequence {
        if folded.contains_key(&index) {
            continue;
        }
        let mut action = actions.all[index].clone();
        if let Some(more) = riders.remove(&index) {
            action.with.extend(more);
            action.statements = builder.create_statements(&action.key, &action.with);
        }
        result.push(action);
    }
    result
}

/// The CREATE that this action could become a clause of.
fn target(builder: &Builder, actions: &Actions, index: usize) -> Option<usize> {
    let action = &actions.all[index];
    if action.verb != Verb::Create {
        return None;
    }
    let home = builder.desired.facts.get(&action.key)?.folds_into(&builder.desired_site(&action.key))?;
    let span = actions.producer.get(&home)?;
    let plain = span.first == span.last && actions.all[span.first].key == home;
    (plain && span.first != index).then_some(span.first)
}
