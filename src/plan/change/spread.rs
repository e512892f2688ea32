//! What depends on a fact that goes or changes: whether it lets go, is moved, or goes as well.

use std::collections::BTreeSet;

use crate::kind::statement::Disturbs;
use crate::kind::{Body, Key, Site, Slot};
use crate::plan::change::Decider;

impl Decider<'_> {
    /// Looks at what depends on a fact that goes, or that changes in a way its dependents cannot watch.
    pub(super) fn spread(&mut self, key: &Key) {
        if self.changes.destroyed.contains(key) {
            let (first, rest): (Vec<Key>, Vec<Key>) =
                self.from.used_by(key).cloned().partition(|user| self.refuses(user, key));
            // A table that goes for it takes its columns out of what a parent's column brings about.
            if !first.is_empty() {
                self.set_aside(key);
            }
            for user in &first {
                self.retype(user, key);
            }
            for user in rest {
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
        let anew = !self.to.needs(user, used) && (self.lets_go(user) || self.is_rebuilt(user, used));
        if !stands && anew && !self.waits_for(user, used) {
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

    /// Whether its own change comes too late to let go: it needs something new that takes a name of what is dropped, which
    /// is made when that is gone. A column keeps its rows, whatever else has to give way.
    fn waits_for(&self, user: &Key, used: &Key) -> bool {
        // A column of a view goes with the view.
        let dropped = [Some(used), used.on()].into_iter().flatten();
        let named: Vec<Slot> =
            dropped.filter_map(|key| Some(self.live.facts.get(key)?.slots(&self.site(key)))).flatten().collect();
        if named.is_empty() || matches!(user, Key::Column(_)) {
            return false;
        }
        let takes = |key: &Key| {
            let at = Site { here: &self.desired.facts, there: &self.live.facts, ..self.site(key) };
            let slots = self.desired.facts.get(key).map(|body| body.slots(&at)).unwrap_or_default();
            slots.iter().any(|slot| named.contains(slot))
        };
        let (mut seen, mut open) = (BTreeSet::new(), vec![user]);
        while let Some(key) = open.pop() {
            if self.changes.created.contains(key) && takes(key) {
                return true;
            }
            // What stays as it is waits for nothing.
            let moves = |key: &&Key| self.changes.created.contains(*key) || self.changes.altered.contains_key(*key);
            open.extend(self.to.uses(key).filter(moves).filter(|used| seen.insert(*used)));
        }
        false
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
}
