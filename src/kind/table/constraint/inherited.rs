//! Where a check comes from, apart from its own table: the parents' checks of its name.

use crate::kind::key::Child;
use crate::kind::table::constraint::Constraint;
use crate::kind::table::lineage;
use crate::kind::{Key, Site};

impl Constraint {
    /// The constraints of the parents that this one is inherited from.
    pub(super) fn parents(&self, at: &Site) -> Vec<Key> {
        let Some(table) = at.key.on().filter(|_| self.contype == "c" && self.inherited.0) else { return Vec::new() };
        lineage::parents(at.here, table)
            .map(|parent| Key::Constraint(Child::new(parent, at.key.name())))
            .filter(|parent| at.here.contains(parent))
            .collect()
    }
}

/// Whether the table was under the one that `parent` stands on before the plan.
pub(super) fn was_under(at: &Site, parent: &Key) -> bool {
    let (Some(table), Some(parent)) = (at.key.on(), parent.on()) else { return false };
    lineage::parents(at.there, table).any(|p| p == *parent)
}
