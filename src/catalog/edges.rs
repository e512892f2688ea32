//! What depends on what, by key, as `pg_depend` records it.

use std::collections::{BTreeMap, BTreeSet};

use crate::kind::Key;

/// Dependencies between facts; each pair reads "the first needs the second". One of a fact with itself says that its
/// definition names it.
#[derive(Clone, Debug, Default)]
pub struct Edges {
    uses: BTreeMap<Key, BTreeSet<Key>>,
}

impl Edges {
    pub fn insert(&mut self, user: &Key, used: &Key) {
        match self.uses.get_mut(user) {
            Some(uses) => {
                uses.insert(used.clone());
            }
            None => {
                self.uses.insert(user.clone(), BTreeSet::from([used.clone()]));
            }
        }
    }

    /// What this fact needs.
    pub fn uses(&self, key: &Key) -> impl Iterator<Item = &Key> {
        self.uses.get(key).into_iter().flatten()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Key, &Key)> {
        self.uses.iter().flat_map(|(user, uses)| uses.iter().map(move |used| (user, used)))
    }
}

impl FromIterator<(Key, Key)> for Edges {
    fn from_iter<I: IntoIterator<Item = (Key, Key)>>(iter: I) -> Self {
        let mut edges = Self::default();
        for (user, used) in iter {
            edges.insert(&user, &used);
        }
        edges
    }
}
