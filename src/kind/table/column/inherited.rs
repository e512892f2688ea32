//! Where a column comes from, apart from its own table: the parents' columns of its name, and the attribute of the
//! type that a typed table is of.

use crate::kind::key::Child;
use crate::kind::table::column::Column;
use crate::kind::table::{is_remade, lineage};
use crate::kind::{Body, Key, Site};

impl Column {
    /// This column once the changes to the columns that it inherits from have run. A table that leaves its parents does so
    /// before those.
    pub(super) fn after_parents(&self, at: &Site) -> Self {
        let mut after = self.clone();
        let later: Vec<Key> = at.key.on().map(|table| lineage::parents(at.there, table).collect()).unwrap_or_default();
        let stays = |parent: &Key| parent.on().is_some_and(|on| !is_remade(at, on) && later.contains(on));
        for parent in inherited_from(at, self).into_iter().filter(stays) {
            let (Some(Body::Column(from)), Some(Body::Column(to))) = (at.here.get(&parent), at.there.get(&parent))
            else {
                continue;
            };
            if from.type_name != to.type_name || from.collation != to.collation {
                after.type_name.clone_from(&to.type_name);
                after.collation.clone_from(&to.collation);
                after.lose_storage();
            }
            after.follow_not_null(from, to);
            if from.generated.is_some() && to.generated.is_none() {
                after.generated = None;
            }
        }
        after
    }
}

/// The parents' columns of the same name, in the state that the fact is in.
pub(super) fn inherited_from(at: &Site, column: &Column) -> Vec<Key> {
    let Some(table) = at.key.on().filter(|_| column.inherited.0) else { return Vec::new() };
    let columns = lineage::parents(at.here, table).map(|parent| Key::Column(Child::new(parent, at.key.name())));
    columns.filter(|parent| at.here.contains(parent)).collect()
}

/// The attribute that makes a typed table have this column.
pub(super) fn attribute(at: &Site) -> Option<Key> {
    let (_, Body::Table(table)) = at.on()? else { return None };
    let of_type = table.of_type.as_ref()?;
    let key = at.here.keys().find(|key| matches!(key, Key::Composite(_)) && key.sql() == *of_type)?;
    Some(Key::Attribute(Child::new(key.clone(), at.key.name())))
}

/// Whether the table had parents before the plan, so that their ADD COLUMN reaches it.
pub(super) fn was_child(at: &Site) -> bool {
    at.key.on().is_some_and(|table| lineage::parents(at.there, table).next().is_some())
}
