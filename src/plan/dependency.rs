//! Everything that a fact needs in one state: `pg_depend`, the fact it stands on, and what its room adds.

use std::collections::BTreeSet;

use crate::catalog::Catalog;
use crate::kind::Key;
use crate::kind::Site;
use crate::kind::facts::Facts;

/// Dependencies of one state in both directions.
#[derive(Debug)]
pub struct Dependencies<'a> {
    keys: Vec<&'a Key>,
    uses: Vec<Vec<u32>>,
    used_by: Vec<Vec<u32>>,
}

impl<'a> Dependencies<'a> {
    /// What must stay while a fact is there; `other` is the other state, which a room may look at.
    pub fn of(catalog: &'a Catalog, other: &Facts) -> Self {
        Self::collect(catalog, other, false)
    }

    /// What must be there when a fact is made, which may be more than must stay.
    pub fn for_building(catalog: &'a Catalog, other: &Facts) -> Self {
        Self::collect(catalog, other, true)
    }

    fn collect(catalog: &'a Catalog, other: &Facts, building: bool) -> Self {
        let keys: Vec<&Key> = catalog.facts.keys().collect();
        let nothing = BTreeSet::new();
        let mut this = Self { uses: vec![Vec::new(); keys.len()], used_by: vec![Vec::new(); keys.len()], keys };
        for (index, (key, body)) in catalog.facts.iter().enumerate() {
            let at = Site { key, here: &catalog.facts, there: other, absorbed: &nothing };
            let mut required = body.requires(&at);
            if building {
                required.extend(body.follows(&at));
            }
            let uses = catalog.edges.uses(key).chain(required.iter()).chain(key.on());
            let mut found: Vec<u32> = uses.filter_map(|used| this.index(used)).collect();
            found.sort_unstable();
            found.dedup();
            found.retain(|used| *used as usize != index);
            this.uses[index] = found;
        }
        for (user, uses) in this.uses.iter().enumerate() {
            for used in uses {
                this.used_by[*used as usize].push(u32::try_from(user).unwrap_or(u32::MAX));
            }
        }
        this
    }

    fn index(&self, key: &Key) -> Option<u32> {
        self.keys.binary_search(&key).ok().and_then(|index| u32::try_from(index).ok())
    }

    /// What this fact needs.
    pub fn uses(&self, key: &Key) -> impl Iterator<Item = &'a Key> + '_ {
        self.index(key).into_iter().flat_map(|i| &self.uses[i as usize]).map(|used| self.keys[*used as usize])
    }

    /// What needs this fact.
    pub fn used_by(&self, key: &Key) -> impl Iterator<Item = &'a Key> + '_ {
        self.index(key).into_iter().flat_map(|i| &self.used_by[i as usize]).map(|user| self.keys[*user as usize])
    }

    pub fn needs(&self, user: &Key, used: &Key) -> bool {
        self.uses(user).any(|key| key == used)
    }
}
