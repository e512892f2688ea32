//! The state of one database: its facts, what depends on what, and what was left out.
//!
//! There is one reader, for live and scratch databases alike. It runs every room's query in one snapshot and knows no
//! kind: it joins a fact to the fact it stands on by address, and maps `pg_depend` to keys.

pub mod address;
pub mod edges;
pub mod fetch;
pub mod read;
#[cfg(test)]
pub mod sample;
pub mod taken;
mod tenant;

use std::collections::BTreeMap;

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::catalog::edges::Edges;
use crate::kind::facts::Facts;
use crate::kind::{Body, Key};

/// Everything that was read of a database.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    pub facts: Facts,
    pub edges: Edges,
    /// Rows that became no fact, by the reason; the names are for a person.
    pub excluded: BTreeMap<String, Vec<String>>,
}

impl Catalog {
    /// Leaves out the facts for which `leave` holds, and all that stand on them, under this reason.
    pub fn exclude(&mut self, reason: &str, leave: impl Fn(&Key) -> bool) {
        let gone: Vec<Key> = self.facts.keys().filter(|key| self_or_below(key, &leave)).cloned().collect();
        for key in gone {
            self.facts.remove(&key);
            if key.on().is_none() {
                self.excluded.entry(reason.to_owned()).or_default().push(key.to_string());
            }
        }
    }

    /// SHA-256 over the canonical encoding of all facts, as lower-case hex. What a fact merely carries is left out.
    pub fn fingerprint(&self) -> String {
        self.fingerprint_of(|_| true)
    }

    /// The same, over the facts whose key counts.
    pub fn fingerprint_of(&self, counts: impl Fn(&Key) -> bool) -> String {
        let mut hash = Sha256::new();
        for fact in self.facts.iter().filter(|(key, _)| counts(key)) {
            hash.update(canonical(&fact));
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

fn self_or_below(key: &Key, leave: &impl Fn(&Key) -> bool) -> bool {
    let mut at = Some(key);
    while let Some(key) = at {
        if leave(key) {
            return true;
        }
        at = key.on();
    }
    false
}

/// The compact encoding, which (unlike JSON) is not human readable, so that `Carried` values stay out. Facts hold no
/// floats and no maps with other than string keys, so it cannot fail; were it to, equality would still decide.
fn canonical(fact: &(&Key, &Body)) -> Vec<u8> {
    #[derive(Serialize)]
    struct Fact<'a>(&'a Key, &'a Body);
    postcard::to_stdvec(&Fact(fact.0, fact.1)).unwrap_or_default()
}
