//! Where a constraint comes from, apart from its own table: the parents' checks of its name, and their foreign keys.

use crate::kind::key::Child;
use crate::kind::table::constraint::Constraint;
use crate::kind::table::{lineage, partition};
use crate::kind::{Body, Key, Site};

impl Constraint {
    /// The constraints of the parents that this one is inherited from.
    pub(super) fn parents(&self, at: &Site) -> Vec<Key> {
        let Some(table) = at.key.on().filter(|_| self.contype == "c" && self.inherited.0) else { return Vec::new() };
        lineage::parents(at.here, table)
            .map(|parent| Key::Constraint(Child::new(parent, at.key.name())))
            .filter(|parent| at.here.contains(parent))
            .collect()
    }

    /// Whether it is, in the other state, a partition's copy of its parent's foreign key.
    pub(super) fn is_copy(&self, at: &Site) -> bool {
        let copy = at.key.on().and_then(|table| partition::copy(at.there, table, at.key.name()));
        copy == Some(&self.definition)
    }

    /// Whether it is what a partition keeps of its parent's foreign key when it is detached.
    pub(super) fn is_left(&self, at: &Site) -> bool {
        let Some(table) = at.key.on().filter(|_| self.is_copy(at)) else { return false };
        let parent =
            partition::parent_table(at.there, table).filter(|_| partition::parent_table(at.here, table).is_none());
        let stays = |(key, body): (&Key, &Body)| match body {
            Body::Constraint(other) => other.definition == self.definition && at.here.get(key) == Some(body),
            _ => false,
        };
        parent.is_some_and(|parent| at.there.standing_on(&parent).any(stays))
    }
}

/// Whether the table was under the one that `parent` stands on before the plan.
pub(super) fn was_under(at: &Site, parent: &Key) -> bool {
    let (Some(table), Some(parent)) = (at.key.on(), parent.on()) else { return false };
    lineage::parents(at.there, table).any(|p| p == *parent)
}
