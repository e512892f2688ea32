//! The place that a room is asked about: a key, and the states before and after.

use std::collections::BTreeSet;

use crate::kind::facts::Facts;
use crate::kind::{Body, Key};

/// Where a fact lives while it is asked what to do: its key and both states.
#[derive(Clone, Copy)]
pub struct Site<'a> {
    pub key: &'a Key,
    /// The facts of the state that this fact is in: the live ones for a drop, the desired ones for a create.
    pub here: &'a Facts,
    /// The facts of the other state. For an alter `here` is the live state and `there` the desired one.
    pub there: &'a Facts,
    /// The facts that this statement creates as well (columns within CREATE TABLE, a default within ADD COLUMN).
    pub absorbed: &'a BTreeSet<Key>,
}

impl<'a> Site<'a> {
    /// The same place for another fact.
    pub fn of(&self, key: &'a Key) -> Site<'a> {
        Site { key, ..*self }
    }

    /// The qualified, quoted name of this fact.
    pub fn sql(&self) -> String {
        self.key.sql()
    }

    /// The fact this one stands on, and its key.
    pub fn on(&self) -> Option<(&'a Key, &'a Body)> {
        let on = self.key.on()?;
        Some((on, self.here.get(on)?))
    }

    /// How SQL names the fact this one stands on: `TABLE public.orders`, `DOMAIN public.email`.
    pub fn on_object(&self) -> String {
        match self.on() {
            Some((key, body)) => body.object(&self.of(key)),
            None => self.key.on().map(Key::sql).unwrap_or_default(),
        }
    }
}
