//! One graph of all actions, and their order.
//!
//! Build order comes from the desired state, teardown order from the live one. A loop is broken by taking apart what
//! rides with a CREATE (defaults first, then columns), or by letting go of wishes; one that is left is an error that
//! names its members.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::graph::{DiGraph, NodeIndex};

use crate::catalog::Catalog;
use crate::kind::{Body, Key, Slot};
use crate::plan::Rewrite;
use crate::plan::action::{Action, Verb};
use crate::plan::build::{Actions, Builder, Span};
use crate::plan::change::Changes;
use crate::plan::dependency::Dependencies;
use crate::plan::error::PlanError;
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
    let mut wishes = true;
    loop {
        let builder = Builder { changes, live, desired, rewrite, separate: &separate };
        let actions = builder.build();
        let graph = Graph { builder: &builder, actions: &actions, from, to, wishes }.edges();
        match order::sort(&actions.all, &graph) {
            Ok(sequence) => return Ok(fold::fold(&builder, actions, &graph, sequence)),
            Err(members) => {
                let apart = take_apart(&actions, &members, &separate);
                if apart.is_empty() && wishes {
                    wishes = false;
                } else if apart.is_empty() {
                    return Err(PlanError::Cycle { members: describe(&actions, &members) });
                }
                separate.extend(apart);
            }
        }
    }
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

fn one(index: usize) -> Span {
    Span { first: index, last: index }
}

/// Whether this is a function that a base type needs, which needs the type itself: not what is changed of it.
fn is_part(function: &Key, of: &Key, state: &Dependencies) -> bool {
    matches!(of, Key::BaseType(_)) && state.needs(of, function)
}

struct Graph<'a> {
    builder: &'a Builder<'a>,
    actions: &'a Actions,
    from: &'a Dependencies<'a>,
    to: &'a Dependencies<'a>,
    /// Whether to ask for what is only nearly always needed.
    wishes: bool,
}

impl Graph<'_> {
    fn edges(&self) -> DiGraph<(), ()> {
        let mut graph = DiGraph::new();
        for _ in &self.actions.all {
            graph.add_node(());
        }
        let mut before = |first: Span, then: Span| {
            if first != then {
                graph.update_edge(NodeIndex::new(first.last), NodeIndex::new(then.first), ());
            }
        };
        self.phases(&mut before);
        self.building(&mut before);
        self.teardown(&mut before);
        self.making_room(&mut before);
        self.preparing(&mut before);
        self.referring(&mut before);
        graph
    }

    /// The phases of one action follow each other.
    fn phases(&self, before: &mut impl FnMut(Span, Span)) {
        for index in 1..self.actions.all.len() {
            if self.actions.all[index].phase > 0 || self.actions.all[index - 1].prepares {
                before(one(index - 1), one(index));
            }
        }
    }

    /// What is built ahead needs what it is built from. A key of the same table is dropped after that: there is no
    /// moment without one.
    fn preparing(&self, before: &mut impl FnMut(Span, Span)) {
        let Actions { all, producer, destroyer, alterer, .. } = self.actions;
        for (index, action) in all.iter().enumerate().filter(|(_, action)| action.prepares) {
            for used in self.to.uses(&action.key) {
                if let Some(maker) = producer.get(used).or_else(|| alterer.get(used)) {
                    before(*maker, one(index));
                }
            }
            let sibling = |key: &Key| matches!(key, Key::Constraint(_)) && key.on() == action.key.on();
            for (_, dropped) in destroyer.iter().filter(|(key, _)| self.wishes && sibling(key)) {
                before(one(index), *dropped);
            }
        }
    }

    /// A new foreign key would go by a key of the other table that is still there, and then hold it: that one goes first.
    fn referring(&self, before: &mut impl FnMut(Span, Span)) {
        let mut gone: BTreeMap<&Key, Vec<Span>> = BTreeMap::new();
        for (key, span) in self.actions.destroyer.iter().filter(|(key, _)| matches!(key, Key::Constraint(_))) {
            if let Some(table) = key.on() {
                gone.entry(table).or_default().push(*span);
            }
        }
        for (key, span) in self.actions.producer.iter().filter(|_| self.wishes) {
            let referenced = match self.builder.desired.facts.get(key) {
                Some(Body::Constraint(constraint)) => constraint.references(),
                _ => None,
            };
            for dropped in referenced.iter().filter_map(|table| gone.get(table)).flatten() {
                before(*dropped, *span);
            }
        }
    }

    /// What a fact needs in the desired state is there, and in its final form, before the fact is.
    fn building(&self, before: &mut impl FnMut(Span, Span)) {
        let Actions { producer, alterer, .. } = self.actions;
        for (key, span) in producer.iter().chain(alterer) {
            for used in self.to.uses(key) {
                if let Some(maker) = producer.get(used) {
                    before(*maker, *span);
                } else if let Some(maker) = alterer.get(used).filter(|_| !is_part(key, used, self.to)) {
                    // Only a key waits until its columns are NOT NULL, which may take until the end.
                    let whole = matches!(key, Key::Constraint(_) | Key::Identity(_));
                    before(if whole { *maker } else { one(maker.first) }, *span);
                }
                for check in self.checks_of(used).filter(|check| self.wishes && *check != key) {
                    if let Some(maker) = producer.get(check) {
                        before(*maker, *span);
                    }
                }
            }
        }
    }

    /// The checks of a domain: they cannot be added once columns hold its values inside arrays or other types.
    fn checks_of<'b>(&'b self, used: &'b Key) -> impl Iterator<Item = &'b Key> {
        let is_domain = matches!(used, Key::Domain(_));
        let standing = self.builder.desired.facts.standing_on(used).map(|(key, _)| key);
        standing.filter(move |key| is_domain && matches!(key, Key::Constraint(_)))
    }

    /// What needs a fact in the live state is gone, or has let go, before the fact is dropped or altered.
    fn teardown(&self, before: &mut impl FnMut(Span, Span)) {
        let Actions { destroyer, alterer, cleaner, .. } = self.actions;
        for (key, span) in destroyer {
            for used in self.from.uses(key) {
                let user = cleaner.get(key).unwrap_or(span);
                match (destroyer.get(used), cleaner.get(used)) {
                    (Some(_), Some(cleaned)) if cleaner.contains_key(key) => before(*user, *cleaned),
                    (Some(dropped), _) => before(*user, *dropped),
                    (None, _) => {
                        if let Some(altered) = alterer.get(used).filter(|_| !is_part(key, used, self.from)) {
                            before(*span, *altered);
                        }
                    }
                }
            }
        }
        for (key, span) in destroyer {
            let alone = |key: &Key, span: &Span| self.actions.all[span.first].key == *key;
            let site = self.builder.live_site(key);
            if !alone(key, span) {
                continue;
            }
            let earlier = self.builder.live.facts.get(key).map(|body| body.outlives(&site)).unwrap_or_default();
            for dropped in earlier.iter().filter_map(|key| destroyer.get_key_value(key)) {
                if alone(dropped.0, dropped.1) {
                    before(*dropped.1, *span);
                }
            }
        }
        for (key, span) in alterer {
            for used in self.from.uses(key) {
                if let Some(gone) = cleaner.get(used).or_else(|| destroyer.get(used)) {
                    before(*span, *gone);
                }
            }
        }
    }

    /// A name is freed before it is taken again.
    fn making_room(&self, before: &mut impl FnMut(Span, Span)) {
        let Actions { producer, destroyer, .. } = self.actions;
        let mut freed: BTreeMap<Slot, Span> = BTreeMap::new();
        for (key, span) in destroyer {
            if let Some(made) = producer.get(key) {
                before(*span, *made);
            }
            let body = self.builder.live.facts.get(key);
            for slot in body.map(|body| body.slots(&self.builder.live_site(key))).unwrap_or_default() {
                freed.insert(slot, *span);
            }
        }
        for (key, span) in producer {
            let body = self.builder.desired.facts.get(key);
            for slot in body.map(|body| body.slots(&self.builder.desired_site(key))).unwrap_or_default() {
                if let Some(free) = freed.get(&slot) {
                    before(*free, *span);
                }
            }
        }
    }
}
