//! The object that a person would look under for a fact: an index belongs to its table, although its name does not.

use std::collections::BTreeSet;

use crate::kind::facts::Facts;
use crate::kind::{Key, Site};

/// The fact that this one stands on, or that takes it along when it is dropped.
pub fn home(key: &Key, facts: &Facts) -> Option<Key> {
    if let Some(on) = key.on() {
        return Some(on.clone());
    }
    let nothing = BTreeSet::new();
    let at = Site { key, here: facts, there: facts, absorbed: &nothing };
    facts.get(key)?.dropped_with(&at, &|_| true).filter(|home| home != key && facts.contains(home))
}

/// The last of the homes: the table of a column's default, the table of an index's comment.
pub fn object(key: &Key, facts: &Facts) -> Key {
    let mut at = key.clone();
    let mut seen = BTreeSet::new();
    while seen.insert(at.clone()) {
        match home(&at, facts) {
            Some(next) => at = next,
            None => break,
        }
    }
    at
}
