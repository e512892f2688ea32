//! What depends on what, by key, as `pg_depend` records it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::kind::Key;

/// Dependencies between facts; each pair reads "the first needs the second". One of a fact with itself says that its
/// definition names it.
///
/// There are several for each fact, so that keys are shared between them.
#[derive(Clone, Debug, Default)]
pub struct Edges {
    uses: BTreeMap<Arc<Key>, BTreeSet<Arc<Key>>>,
}

impl Edges {
    pub fn insert(&mut self, user: &Arc<Key>, used: &Arc<Key>) {
        match self.uses.get_mut(user) {
            Some(uses) => {
                uses.insert(Arc::clone(used));
            }
            None => {
                self.uses.insert(Arc::clone(user), BTreeSet::from([Arc::clone(used)]));
            }
        }
    }

    /// What this fact needs.
    pub fn uses(&self, key: &Key) -> impl Iterator<Item = &Key> {
        self.uses.get(key).into_iter().flatten().map(Arc::as_ref)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Key, &Key)> {
        self.uses.iter().flat_map(|(user, uses)| uses.iter().map(move |used| (user.as_ref(), used.as_ref())))
    }
}

impl FromIterator<(Arc<Key>, BTreeSet<Arc<Key>>)> for Edges {
    fn from_iter<I: IntoIterator<Item = (Arc<Key>, BTreeSet<Arc<Key>>)>>(iter: I) -> Self {
        Self { uses: iter.into_iter().collect() }
    }
}
