//! What is created, altered and dropped, with everything that a replacement drags along.
//!
//! A fact that must be replaced takes with it every fact that depends on it, as Postgres would refuse the DROP
//! otherwise; what the desired state still has is created again. Two things escape that. A dependent whose own change
//! lets go of the replaced fact is altered first. A column whose type is replaced under the same name keeps its data:
//! the old type is set aside under another name, the column moves to the new type, and the old one is dropped.

mod aside;
mod destroy;
mod spread;

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::Catalog;
use crate::diff::Difference;
use crate::kind::statement::{Alter, Change};
use crate::kind::{Body, Key, Site};
use crate::plan::dependency::Dependencies;
use crate::plan::error::PlanError;

/// The decisions, by key.
#[derive(Debug, Default)]
pub struct Changes {
    pub created: BTreeSet<Key>,
    pub destroyed: BTreeSet<Key>,
    pub altered: BTreeMap<Key, Change>,
    /// Types that are renamed out of the way first and dropped last.
    pub aside: BTreeSet<Key>,
    /// Why a fact that both states have is dropped and created.
    pub reasons: BTreeMap<Key, String>,
}

impl Changes {
    /// Decides for these differences.
    pub fn decide(
        differences: &[Difference],
        live: &Catalog,
        desired: &Catalog,
        from: &Dependencies,
        to: &Dependencies,
    ) -> Result<Self, PlanError> {
        let mut decider = Decider { changes: Self::default(), live, desired, from, to, open: Vec::new() };
        for difference in differences {
            decider.take(difference);
        }
        decider.reach();
        loop {
            while let Some(key) = decider.open.pop() {
                decider.spread(&key);
            }
            if !decider.take_apart() {
                break;
            }
        }
        decider.spread_aside();
        Ok(decider.changes)
    }

    pub fn replaced(&self, key: &Key) -> bool {
        self.created.contains(key) && self.destroyed.contains(key)
    }

    pub fn is_empty(&self) -> bool {
        self.created.is_empty() && self.destroyed.is_empty() && self.altered.is_empty()
    }
}

struct Decider<'a> {
    changes: Changes,
    live: &'a Catalog,
    desired: &'a Catalog,
    from: &'a Dependencies<'a>,
    to: &'a Dependencies<'a>,
    /// Facts whose dependents are still to be looked at.
    open: Vec<Key>,
}

impl Decider<'_> {
    fn take(&mut self, difference: &Difference) {
        let key = difference.key;
        match (difference.from, difference.to) {
            (None, to) => {
                self.changes.created.insert(key.clone());
                self.remake(key, to);
            }
            (Some(_), None) => self.destroy(key, None),
            (Some(from), Some(to)) => match from.alter(to, &self.site(key)) {
                Alter::Equivalent => {}
                Alter::InPlace(change) => {
                    if !self.changes.destroyed.contains(key) {
                        self.changes.altered.insert(key.clone(), change);
                        self.open.push(key.clone());
                    }
                }
                Alter::Replace(why) => {
                    self.destroy(key, Some(why));
                    self.remake(key, Some(to));
                }
            },
        }
    }

    /// Compares what is the same in both states, and not between them, with what the changes make of it.
    fn reach(&mut self) {
        let reached = |key| self.live.facts.get(key).map(|body| body.reaches(&self.site(key))).unwrap_or_default();
        let all: BTreeSet<Key> = self.changes.altered.keys().flat_map(reached).collect();
        for key in &all {
            let (from, to) = (self.live.facts.get(key), self.desired.facts.get(key));
            if from.is_some() && from == to {
                self.take(&Difference { key, from, to });
            }
        }
    }

    /// Replaces what a new fact stands on, where it cannot be added to that.
    fn remake(&mut self, key: &Key, body: Option<&Body>) {
        let at = Site { here: &self.desired.facts, there: &self.live.facts, ..self.site(key) };
        let why = body.and_then(|body| body.remakes(&at));
        if let (Some(on), Some(why)) = (key.on().filter(|on| self.live.facts.contains(on)), why) {
            self.destroy(on, Some(why));
        }
    }

    fn site<'b>(&'b self, key: &'b Key) -> Site<'b> {
        static NOTHING: BTreeSet<Key> = BTreeSet::new();
        Site { key, here: &self.live.facts, there: &self.desired.facts, absorbed: &NOTHING }
    }
}
