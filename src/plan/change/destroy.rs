//! Facts that are dropped, or dropped and created again, with their copies.

use crate::kind::{Body, Key};
use crate::plan::change::Decider;

impl Decider<'_> {
    /// Drops a fact, and creates it again where the desired state has it. A copy goes with what it is a copy of.
    pub(super) fn destroy(&mut self, key: &Key, why: Option<String>) {
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

    /// Drops the index above one that shall not be part of it any more: Postgres has no command that takes it out of that,
    /// and drops neither while it is. Whether there was such a one.
    pub(super) fn take_apart(&mut self) -> bool {
        let held = self.changes.destroyed.iter().find_map(|key| match self.live.facts.get(key)? {
            Body::IndexAttachment(body) => {
                let table = body.partition().on().cloned();
                let goes = |key: &Key| self.changes.destroyed.contains(key);
                let free = goes(&body.parent()) || goes(&body.partition()) || table.is_some_and(|table| goes(&table));
                (!free).then(|| body.parent())
            }
            _ => None,
        });
        let Some(parent) = held else { return false };
        self.destroy(&parent, Some("it cannot let go of the index of a partition".to_owned()));
        self.changes.destroyed.contains(&parent)
    }

    /// What a fact of the live state is a copy of. What goes with its own table is none.
    pub(super) fn origins(&self, key: &Key) -> Vec<Key> {
        let stays = |key: &Key| !key.on().is_some_and(|on| self.changes.destroyed.contains(on));
        if !stays(key) {
            return Vec::new();
        }
        let body = self.live.facts.get(key).filter(|_| self.desired.facts.contains(key));
        body.map(|body| body.copy_of(&self.site(key)))
            .unwrap_or_default()
            .into_iter()
            .filter(|origin| stays(origin))
            .collect()
    }

    pub(super) fn copies(&self, key: &Key) -> Vec<Key> {
        self.live.facts.get(key).map(|body| body.copies(&self.site(key))).unwrap_or_default()
    }

    /// The users of a fact, and those of all its copies.
    pub(super) fn users_of_all(&self, key: &Key) -> Vec<Key> {
        let mut users: Vec<Key> = self.from.used_by(key).cloned().collect();
        users.extend(self.copies(key).iter().flat_map(|copy| self.users_of_all(copy)));
        users
    }
}
