//! What stays of the live state until a contract that was written before: it is part of what is desired until then.

use std::collections::BTreeSet;

use crate::catalog::Catalog;
use crate::kind::key::Attached;
use crate::kind::{Body, Key};
use crate::propose::expand::{default, index_of};
use crate::propose::keep::column::Columns;
use crate::propose::keep::view::Kept;
use crate::strategy::expand::kept::{function_of, trigger_of};

/// Facts of the live state.
pub(super) struct Stay {
    facts: Vec<(Key, Body)>,
    uses: Vec<(Key, Key)>,
    /// What the files say and is only so after the contract.
    later: Vec<Key>,
}

impl Stay {
    /// Old columns, with what is on them and what keeps them in step.
    pub(super) fn of(columns: &Columns, live: &Catalog) -> Self {
        let change = &columns.change;
        let mut roots: BTreeSet<Key> = change.columns.keys().chain(&change.live.along).cloned().collect();
        roots.extend(change.live.key.as_ref().map(index_of));
        roots.extend(change.columns.values().flat_map(|new| [trigger_of(new), function_of(new)]));
        let volatile = |old: &&Key| default(live, old).is_some_and(|(_, volatile)| volatile);
        let later = change.columns.iter().filter(|(old, _)| volatile(old));
        let later = later.map(|(_, new)| Key::Default(Attached::new(new.clone()))).collect();
        Self { later, ..Self::under(&roots, live) }
    }

    /// A view that has the name of a table.
    pub(super) fn of_view(view: &Kept, live: &Catalog) -> Self {
        Self::under(&BTreeSet::from([view.view.clone()]), live)
    }

    fn under(roots: &BTreeSet<Key>, live: &Catalog) -> Self {
        let is = |key: &Key| std::iter::successors(Some(key), |key| key.on()).any(|key| roots.contains(key));
        let facts = live.facts.iter().filter(|(key, _)| is(key));
        let uses = live.edges.iter().filter(|(user, _)| is(user));
        Self {
            facts: facts.map(|(key, body)| (key.clone(), body.clone())).collect(),
            uses: uses.map(|(user, used)| (user.clone(), used.clone())).collect(),
            later: Vec::new(),
        }
    }

    pub(super) fn put_into(&self, state: &mut Catalog) {
        for (key, body) in &self.facts {
            state.facts.insert(key.clone(), body.clone());
        }
        for (user, used) in &self.uses {
            state.edges.insert(&user.clone().into(), &used.clone().into());
        }
        for key in &self.later {
            state.facts.remove(key);
        }
    }
}
