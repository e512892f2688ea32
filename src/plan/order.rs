//! A topological order that disturbs a fixed preference least.
//!
//! A heap holds the actions that nothing keeps waiting; the most preferred goes next. That is Kahn's algorithm with the
//! queue exchanged for a heap, so that equal input gives equal output and unrelated objects keep a readable order.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use petgraph::Direction;
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::kind::Key;
use crate::plan::action::{Action, Part, Verb};

/// The indexes of the actions in order, or the members of a loop.
pub fn sort(actions: &[Action], graph: &DiGraph<(), ()>) -> Result<Vec<usize>, Vec<usize>> {
    let mut waiting: Vec<usize> =
        graph.node_indices().map(|n| graph.neighbors_directed(n, Direction::Incoming).count()).collect();
    let preferences: Vec<Preference> = actions.iter().map(preference).collect();
    let mut ready: BinaryHeap<Reverse<(&Preference, usize)>> = BinaryHeap::new();
    for (index, _) in waiting.iter().enumerate().filter(|(_, count)| **count == 0) {
        ready.push(Reverse((&preferences[index], index)));
    }
    let mut order = Vec::with_capacity(actions.len());
    let mut attributes: BinaryHeap<Reverse<(&Preference, usize)>> = BinaryHeap::new();
    while let Some(Reverse((_, index))) = attributes.pop().or_else(|| ready.pop()) {
        order.push(index);
        for next in graph.neighbors(NodeIndex::new(index)) {
            let next = next.index();
            waiting[next] -= 1;
            if waiting[next] == 0 {
                let at_once = is_attribute(&actions[next], &actions[index]);
                let queue = if at_once { &mut attributes } else { &mut ready };
                queue.push(Reverse((&preferences[next], next)));
            }
        }
    }
    if order.len() == actions.len() {
        return Ok(order);
    }
    let mut members: Vec<usize> = tarjan_scc(graph)
        .into_iter()
        .filter(|component| component.len() > 1)
        .min_by_key(Vec::len)
        .unwrap_or_default()
        .into_iter()
        .map(NodeIndex::index)
        .collect();
    members.reverse();
    Err(members)
}

/// Whether this is an owner, a comment or privileges of what the other one makes: a reader wants these together.
fn is_attribute(action: &Action, of: &Action) -> bool {
    let attribute =
        matches!(action.key, Key::Owner(_) | Key::Comment(_) | Key::PartComment(_) | Key::Acl(_) | Key::MemberAcl(_))
            && action.verb == Verb::Create;
    let on = action.key.on();
    attribute && of.verb == Verb::Create && on.is_some_and(|on| of.with.contains(on) || of.key.on() == Some(on))
}

/// What is compared: when at all, the kind of the object at the bottom, the object, and what stands on it.
type Preference = (u8, Reverse<usize>, usize, Key, usize, i16, Key, usize);

fn preference(action: &Action) -> Preference {
    let root = action.key.root().clone();
    let (rank, root_rank) = (action.key.rank(), root.rank());
    let stage = match (action.verb, action.phase) {
        _ if action.prepares => 0,
        (Verb::Drop, 0) => 1,
        (Verb::Drop, _) if action.part == Part::Rest => 1,
        _ if action.part == Part::Rest => 2,
        (_, 0) if !action.runs => 2,
        // After every definition that is ready, as one of them may be what the function that it runs calls.
        (_, 0) => 3,
        _ => 4,
    };
    let reversed = if stage == 1 { rank } else { 0 };
    (stage, Reverse(reversed), root_rank, root, rank, action.ordinal, action.key.clone(), action.phase)
}
