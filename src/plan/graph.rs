//! What must come before what: one graph of all actions.
//!
//! Build order comes from the desired state, teardown order from the live one.

mod leaving;
mod teardown;

use std::collections::{BTreeMap, BTreeSet};

use petgraph::graph::{DiGraph, NodeIndex};

use crate::kind::{Body, Key, Slot};
use crate::plan::action::{Part, Verb};
use crate::plan::build::{Actions, Builder, Span};
use crate::plan::dependency::Dependencies;

fn one(index: usize) -> Span {
    Span { first: index, last: index }
}

/// Whether this is a function that a base type needs, which needs the type itself: not what is changed of it.
fn is_part(function: &Key, of: &Key, state: &Dependencies) -> bool {
    matches!(of, Key::BaseType(_)) && state.needs(of, function)
}

/// What the edges are made from.
pub struct Graph<'a> {
    pub builder: &'a Builder<'a>,
    pub actions: &'a Actions,
    pub from: &'a Dependencies<'a>,
    pub to: &'a Dependencies<'a>,
    /// Whether to ask for what is only nearly always needed.
    pub wishes: bool,
    /// Whether to ask for what leaves its parents to do so before their columns change; only a loop forbids that.
    pub leaves: bool,
}

impl Graph<'_> {
    /// An edge from each action to those that come after it.
    pub fn edges(&self) -> DiGraph<(), ()> {
        let mut graph = DiGraph::new();
        for _ in &self.actions.all {
            graph.add_node(());
        }
        let mut before = |first: Span, then: Span| {
            if first != then && first.last != then.first {
                graph.update_edge(NodeIndex::new(first.last), NodeIndex::new(then.first), ());
            }
        };
        self.phases(&mut before);
        self.building(&mut before);
        self.running(&mut before);
        self.teardown(&mut before);
        self.making_room(&mut before);
        self.preparing(&mut before);
        self.referring(&mut before);
        self.leaving(&mut before);
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
            // What prepares a change works on the fact as it is.
            for used in self.to.uses(&action.key).filter(|_| action.verb == Verb::Create) {
                if let Some(maker) = producer.get(used).or_else(|| alterer.get(used)) {
                    before(*maker, one(index));
                }
            }
            let sibling = |key: &Key| matches!(key, Key::Constraint(_)) && key.on() == action.key.on();
            // A foreign key that goes for the key's sake comes back with it, so it holds while a new column is filled.
            let filled =
                self.to.uses(&action.key).filter_map(|used| producer.get(used)).any(|made| made.first != made.last);
            let referring = |key: &Key| match self.builder.live.facts.get(key) {
                Some(Body::Constraint(body)) if filled => {
                    body.references().is_some_and(|table| Some(&table) == action.key.on())
                }
                _ => false,
            };
            let goes_after = |key: &Key| sibling(key) || referring(key) || *key == action.key;
            for (_, dropped) in destroyer.iter().filter(|(key, _)| self.wishes && goes_after(key)) {
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
                let asks = self.asking(key, *span, used);
                if let Some(maker) = producer.get(used) {
                    // A view needs a new column, and not that it is filled.
                    let early = matches!(used, Key::Column(_)) && matches!(key.root(), Key::View(_));
                    before(if early { one(maker.first) } else { self.enough(key, *maker) }, asks);
                } else if let Some(maker) = alterer.get(used).filter(|_| !is_part(key, used, self.to)) {
                    // Only a key waits until its columns are NOT NULL, which may take until the end.
                    let whole = matches!(key, Key::Constraint(_) | Key::Identity(_));
                    before(if whole { *maker } else { one(maker.first) }, asks);
                }
                for check in self.checks_of(used).filter(|check| self.wishes && *check != key) {
                    if let Some(maker) = producer.get(check) {
                        before(*maker, *span);
                    }
                }
            }
        }
    }

    /// The part of a fact's making that needs this other fact.
    fn asking(&self, key: &Key, span: Span, used: &Key) -> Span {
        let action = &self.actions.all[span.first];
        let stands =
            || self.builder.desired.facts.get(key).is_some_and(|b| b.stub_needs(&self.builder.desired_site(key), used));
        if action.part == Part::Stub && action.key == *key && !stands() { one(span.last) } else { span }
    }

    /// The part of another fact's making that this one waits for. What is said of an object is said of the whole.
    fn enough(&self, key: &Key, maker: Span) -> Span {
        let attribute =
            matches!(key, Key::Owner(_) | Key::Comment(_) | Key::PartComment(_) | Key::Acl(_) | Key::MemberAcl(_));
        if self.actions.all[maker.first].part == Part::Stub && !attribute { one(maker.first) } else { maker }
    }

    /// What makes Postgres run functions, or read views, does so when they are what they are meant to be.
    fn running(&self, before: &mut impl FnMut(Span, Span)) {
        let Actions { all, producer, alterer, .. } = self.actions;
        let rest = |key: &&Key| {
            producer.get(*key).or_else(|| alterer.get(*key)).filter(|span| all[span.last].part == Part::Rest)
        };
        if !self.wishes || self.builder.stubs.is_empty() {
            return;
        }
        for (key, span) in producer.iter().filter(|(_, span)| all[span.first].runs) {
            let (mut seen, mut open) = (BTreeSet::new(), vec![key]);
            while let Some(at) = open.pop() {
                open.extend(self.to.uses(at).filter(|used| seen.insert(*used)));
            }
            for stubbed in seen.iter().filter_map(rest) {
                before(*stubbed, *span);
            }
        }
    }

    /// The checks of a domain: they cannot be added once columns hold its values inside arrays or other types.
    fn checks_of<'b>(&'b self, used: &'b Key) -> impl Iterator<Item = &'b Key> {
        let is_domain = matches!(used, Key::Domain(_));
        let standing = self.builder.desired.facts.standing_on(used).map(|(key, _)| key);
        standing.filter(move |key| is_domain && matches!(key, Key::Constraint(_)))
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
