//! A partition's index as part of the parent's. Postgres has no command that undoes it: it ends when the partition is
//! detached or either index is dropped. ATTACH PARTITION makes it by itself where the parent has its index already.

use serde::{Deserialize, Serialize};

use crate::base::name::{Ident, Qualified};
use crate::kind::key::{Attached, Child, Scoped};
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::table::table_key;
use crate::kind::{Body, Key, Kind, Site};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct IndexAttachment {
    pub index_schema: Ident,
    pub index_name: Ident,
    /// The partition, in the index's schema.
    pub table_name: Ident,
    pub parent_schema: Ident,
    pub parent_name: Ident,
    /// The partitioned table, in the parent index's schema.
    pub parent_table: Ident,
    /// Whether the parent index stands behind a constraint.
    pub parent_constraint: bool,
}

impl Kind for IndexAttachment {
    const LABEL: &'static str = "index attachment";
    const QUERY: &'static str = include_str!("index_attachment.sql");

    fn create(&self, _at: &Site) -> Vec<Statement> {
        let parent = Qualified { schema: self.parent_schema.clone(), name: self.parent_name.clone() };
        let index = Qualified { schema: self.index_schema.clone(), name: self.index_name.clone() };
        one(format!("ALTER INDEX {parent} ATTACH PARTITION {index}"))
    }

    fn drop(&self, _at: &Site) -> Vec<Statement> {
        Vec::new()
    }

    fn alter(&self, to: &Self, _at: &Site) -> Alter {
        if self.parent() == to.parent() {
            return Alter::Equivalent;
        }
        Alter::replace("an index cannot be attached to another parent")
    }

    fn requires(&self, at: &Site) -> Vec<Key> {
        let partition = self.partition();
        [self.parent(), partition].into_iter().filter(|key| at.here.contains(key)).collect()
    }

    fn created_with(&self, at: &Site, created: &dyn Fn(&Key) -> bool) -> Option<Key> {
        if matches!(at.on(), Some((_, Body::Constraint(own))) if own.compares_rows()) {
            return [self.parent(), self.partition()].into_iter().find(|key| created(key));
        }
        (created(&self.partition()) && !created(&self.parent())).then(|| self.partition())
    }

    fn dropped_with(&self, at: &Site, dropped: &dyn Fn(&Key) -> bool) -> Option<Key> {
        let on = at.key.on().cloned();
        on.into_iter().chain([self.partition(), self.parent()]).find(|key| dropped(key))
    }
}

impl IndexAttachment {
    pub fn parent_table(&self) -> Key {
        table_key(self.parent_schema.as_str(), self.parent_table.as_str())
    }

    /// The parent's index, or the constraint it stands behind.
    pub fn parent(&self) -> Key {
        if self.parent_constraint {
            Key::Constraint(Child::new(self.parent_table(), self.parent_name.as_str()))
        } else {
            Key::Index(Scoped::new(self.parent_schema.as_str(), self.parent_name.as_str()))
        }
    }

    /// The attachment of the partition itself.
    pub fn partition(&self) -> Key {
        Key::Partition(Attached::new(table_key(self.index_schema.as_str(), self.table_name.as_str())))
    }
}

/// The index or constraint of the parent to which this fact's index is attached.
pub fn index_parent(at: &Site) -> Option<Key> {
    at.here.standing_on(at.key).find_map(|(_, body)| match body {
        Body::IndexAttachment(attachment) => Some(attachment.parent()),
        _ => None,
    })
}
