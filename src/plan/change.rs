//! What is created, altered and dropped, with everything that a replacement drags along.
//!
//! A fact that must be replaced takes with it every fact that depends on it, as Postgres would refuse the DROP
//! otherwise; what the desired state still has is created again. Two things escape that. A dependent whose own change
//! lets go of the replaced fact is altered first. A column whose type is replaced under the same name keeps its data:
//! the old type is set aside under another name, the column moves to the new type, and the old one is dropped.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::Catalog;
use crate::diff::Difference;
use crate::kind::statement::{Alter, Change, Disturbs};
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
        while let Some(key) = decider.open.pop() {
            decider.spread(&key);
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

    /// Drops a fact, and creates it again where the desired state has it. A copy goes with what it is a copy of.
    fn destroy(&mut self, key: &Key, why: Option<String>) {
        if self.changes.destroyed.contains(key) {
            return;
        }
        let origins = self.origins(key);
        if origins.is_empty() {
            return self.destroy_with_copies(key, why);
        }
        for origin in origins {
            self.destroy(&origin, why.clone());
        }
    }

    fn destroy_with_copies(&mut self, key: &Key, why: Option<String>) {
        if !self.changes.destroyed.insert(key.clone()) {
            return;
        }
        // Where all of its table goes, other tables let go of it first.
        if !key.on().is_some_and(|on| self.changes.destroyed.contains(on)) {
            for copy in self.copies(key) {
                self.destroy_with_copies(&copy, why.clone());
            }
        }
        self.changes.altered.remove(key);
        if self.desired.facts.contains(key) {
            self.changes.created.insert(key.clone());
            self.changes.reasons.insert(key.clone(), why.unwrap_or_default());
        }
        self.open.push(key.clone());
    }

    /// What a fact of the live state is a copy of.
    fn origins(&self, key: &Key) -> Vec<Key> {
        let stays = |origin: &Key| !origin.on().is_some_and(|on| self.changes.destroyed.contains(on));
        let body = self.live.facts.get(key).filter(|_| self.desired.facts.contains(key));
        body.map(|body| body.copy_of(&self.site(key))).unwrap_or_default().into_iter().filter(stays).collect()
    }

    fn copies(&self, key: &Key) -> Vec<Key> {
        self.live.facts.get(key).map(|body| body.copies(&self.site(key))).unwrap_or_default()
    }

    /// The users of a fact, and those of all its copies.
    fn users_of_all(&self, key: &Key) -> Vec<Key> {
        let mut users: Vec<Key> = self.from.used_by(key).cloned().collect();
        users.extend(self.copies(key).iter().flat_map(|copy| self.users_of_all(copy)));
        users
    }

    /// Looks at what depends on a fact that goes, or that changes in a way its dependents cannot watch.
    fn spread(&mut self, key: &Key) {
        if self.changes.destroyed.contains(key) {
            let users: Vec<Key> = self.from.used_by(key).cloned().collect();
            for user in users {
                self.release(&user, key);
            }
            return;
        }
        let disturbs = self.changes.altered.get(key).map_or(Disturbs::Nothing, |change| change.disturbs);
        if disturbs == Disturbs::Nothing {
            return;
        }
        for user in self.users_of_all(key) {
            let stands = || self.live.facts.get(&user).is_some_and(Body::stands_on_type);
            if disturbs == Disturbs::Dependents || stands() {
                self.destroy(&user, Some(format!("it stands on {key}, which changes its type")));
            }
        }
    }

    /// Makes `user` let go of `used`, which is dropped.
    fn release(&mut self, user: &Key, used: &Key) {
        if self.changes.destroyed.contains(user) {
            return;
        }
        let stands = user.on() == Some(used);
        if !stands && self.is_detached_from(user, used) {
            return;
        }
        if !stands && !self.to.needs(user, used) && (self.lets_go(user) || self.is_rebuilt(user, used)) {
            return;
        }
        let origins = self.origins(user);
        if !stands && !origins.is_empty() {
            for origin in &origins {
                self.release(origin, used);
            }
            // What an origin keeps its copies keep; where it could not, this one may be alone now.
            if !self.changes.destroyed.contains(user) && self.origins(user).is_empty() {
                self.release(user, used);
            }
            return;
        }
        if !stands && matches!(user, Key::Column(_)) && self.keeps_name_of_type(user) && self.set_aside(used) {
            self.retype(user, used);
            return;
        }
        let fate = if self.desired.facts.contains(used) { "replaced" } else { "dropped" };
        self.destroy(user, Some(format!("it stands on {used}, which is {fate}")));
    }

    /// Whether an index of a partition is free of its parent's, because the partition is detached before that goes.
    fn is_detached_from(&self, user: &Key, used: &Key) -> bool {
        let freed = |body: &Body| match body {
            Body::IndexAttachment(body) => body.parent() == *used && self.changes.destroyed.contains(&body.partition()),
            _ => false,
        };
        self.live.facts.standing_on(user).any(|(_, body)| freed(body))
    }

    /// Whether its own change says anew what it needs. ALTER CONSTRAINT changes when a key is checked, not which index
    /// of the other table it goes by.
    fn lets_go(&self, user: &Key) -> bool {
        self.changes.altered.contains_key(user) && !matches!(user, Key::Constraint(_) | Key::Index(_))
    }

    /// Whether Postgres itself makes an index or constraint anew, because a column of it changes its type: it then has
    /// the new type's operator class. The key that a foreign key goes by stays the one that it was made for.
    fn is_rebuilt(&self, user: &Key, used: &Key) -> bool {
        if matches!(used, Key::Constraint(_) | Key::Index(_)) {
            return false;
        }
        let (from, to) = (self.live.facts.get(user), self.desired.facts.get(user));
        let retyped =
            |key: &Key| self.changes.altered.get(key).is_some_and(|change| change.disturbs == Disturbs::TypeDependents);
        let stands = from.is_some_and(Body::stands_on_type);
        from == to && !stands && self.to.uses(user).any(retyped)
    }

    /// Whether the column names its type the same on both sides, so that only the meaning of the name changes.
    fn keeps_name_of_type(&self, column: &Key) -> bool {
        match (self.live.facts.get(column), self.desired.facts.get(column)) {
            (Some(Body::Column(from)), Some(Body::Column(to))) => from.type_name == to.type_name,
            _ => false,
        }
    }

    fn set_aside(&mut self, used: &Key) -> bool {
        if self.changes.aside.contains(used) {
            return true;
        }
        let can = self.live.facts.get(used).is_some_and(|body| body.set_aside(&self.site(used), "x").is_some());
        if can {
            self.changes.aside.insert(used.clone());
        }
        can
    }

    /// A type that is set aside still stands on the types that it was made from, so these cannot be dropped before it.
    fn spread_aside(&mut self) {
        let mut open: Vec<Key> = self.changes.aside.iter().cloned().collect();
        while let Some(key) = open.pop() {
            let below: Vec<Key> = self.from.uses(&key).filter(|used| self.changes.replaced(used)).cloned().collect();
            for used in below {
                if !self.changes.aside.contains(&used) && self.set_aside(&used) {
                    open.push(used);
                }
            }
        }
    }

    fn retype(&mut self, column: &Key, used: &Key) {
        let at = Site { here: &self.desired.facts, there: &self.live.facts, ..self.site(column) };
        let change = match self.desired.facts.get(column).map(|body| body.retype(&at, used)) {
            Some(Ok(change)) => change,
            Some(Err(why)) => {
                if let Some(table) = column.on() {
                    self.destroy(table, Some(why));
                }
                return;
            }
            None => return,
        };
        let entry = self.changes.altered.entry(column.clone()).or_default();
        entry.disturbs = change.disturbs;
        for statement in change.statements.into_iter().rev() {
            if !entry.statements.contains(&statement) {
                entry.statements.insert(0, statement);
            }
        }
        self.open.push(column.clone());
    }
}
