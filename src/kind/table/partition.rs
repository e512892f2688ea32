//! A partition's attachment to its parent: what ATTACH PARTITION makes and DETACH PARTITION undoes.
//!
//! A new partition is created as a table of its own and attached, as `pg_dump` does: that takes a weaker lock on the
//! parent than CREATE TABLE ... PARTITION OF, and lets its indexes be built first and be adopted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::name::{Ident, Qualified, literal};
use crate::kind::carried::Carried;
use crate::kind::facts::Facts;
use crate::kind::key::{Attached, Child};
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::table::index_attachment::IndexAttachment;
use crate::kind::table::{lineage, table_key};
use crate::kind::{Body, Key, Kind, Site, Slot};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Partition {
    pub parent_schema: Ident,
    pub parent_name: Ident,
    /// `FOR VALUES ...` or `DEFAULT`.
    pub bound: String,
    /// What every row of the partition fulfils; none below a hash, whose condition names an OID.
    #[serde(default)]
    pub constraint: Carried<Option<String>>,
    /// Whether it was begun to be detached CONCURRENTLY, and that was cut short.
    #[serde(default)]
    pub pending: bool,
    /// Its copies of the parent's foreign keys, by name, as `pg_get_constraintdef` prints them. They are facts of their own
    /// only once it is detached, which leaves them behind (`DetachPartitionFinalize` in `tablecmds.c`).
    #[serde(default)]
    pub foreign_keys: Carried<Option<BTreeMap<String, String>>>,
}

impl Kind for Partition {
    const LABEL: &'static str = "partition";
    const QUERY: &'static str = include_str!("partition.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        let child = at.key.on().map(Key::sql).unwrap_or_default();
        one(format!("ALTER TABLE {} ATTACH PARTITION {child} {}", self.parent(), self.bound))
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        let child = at.key.on().map(Key::sql).unwrap_or_default();
        let detach = format!("ALTER TABLE {} DETACH PARTITION {child}", self.parent());
        let mut statements = vec![Statement::new(if self.pending { finalize(&detach, &child) } else { detach })];
        // One whose parent is dropped before is not there any more.
        let drop = |name: &str| format!("ALTER TABLE {child} DROP CONSTRAINT IF EXISTS {}", Ident::new(name));
        let left = self.inherited_keys().filter(|(name, definition)| !stays(at, name, definition));
        statements.extend(left.map(|(name, _)| Statement::new(drop(name))));
        statements
    }

    fn alter(&self, to: &Self, _at: &Site) -> Alter {
        let Self { parent_schema, parent_name, bound, constraint: _, pending: _, foreign_keys: _ } = to;
        if self.pending {
            return Alter::replace("its detachment was begun and cut short");
        }
        if (parent_schema, parent_name, bound) == (&self.parent_schema, &self.parent_name, &self.bound) {
            return Alter::Equivalent;
        }
        Alter::replace("to get other bounds or another parent")
    }

    fn requires(&self, at: &Site) -> Vec<Key> {
        let parent = self.parent_table();
        let mut keys = vec![parent.clone()];
        // Its bound is about these columns: it is detached before they change, and attached after.
        if let (Some(Body::Table(table)), Some(own)) = (at.here.get(&parent), at.key.on()) {
            let columns = table.partition_columns.iter().flatten();
            keys.extend(columns.map(|name| Key::Column(Child::new(own.clone(), name.as_str()))));
        }
        keys
    }

    fn frees(&self, at: &Site) -> Vec<Key> {
        at.key.on().map(|table| lineage::columns_between(at, table, self.parent_table())).unwrap_or_default()
    }

    fn follows(&self, at: &Site) -> Vec<Key> {
        let mut keys = adopted(at);
        if let Some(table) = at.key.on() {
            keys.extend(inherited_checks(at, table));
        }
        keys
    }

    fn runs_routines(&self) -> bool {
        true
    }

    fn slots(&self, at: &Site) -> Vec<Slot> {
        let slot = |on: &Key, name| Slot::Within(Box::new(on.clone()), format!("constraint {name}"));
        at.key.on().map(|on| self.inherited_keys().map(|(name, _)| slot(on, name)).collect()).unwrap_or_default()
    }
}

impl Partition {
    /// The copies of the parent's foreign keys: name and definition.
    pub fn inherited_keys(&self) -> impl Iterator<Item = (&str, &str)> {
        self.foreign_keys.0.iter().flatten().map(|(name, definition)| (name.as_str(), definition.as_str()))
    }

    pub fn parent(&self) -> Qualified {
        Qualified { schema: self.parent_schema.clone(), name: self.parent_name.clone() }
    }

    pub fn parent_table(&self) -> Key {
        table_key(self.parent_schema.as_str(), self.parent_name.as_str())
    }
}

/// Where the detachment was not begun, as on scratch, FINALIZE is refused.
fn finalize(detach: &str, child: &str) -> String {
    format!(
        "DO $finalize$
BEGIN
    IF (SELECT inhdetachpending FROM pg_catalog.pg_inherits WHERE inhrelid = {}::pg_catalog.regclass) THEN
        {detach} FINALIZE;
    ELSE
        {detach};
    END IF;
END
$finalize$",
        literal(child)
    )
}

/// Whether what is left of a copy is wanted: as a foreign key of its own, or to be adopted by the next parent.
fn stays(at: &Site, name: &str, definition: &str) -> bool {
    let Some(table) = at.key.on() else { return false };
    let own = at.there.get(&Key::Constraint(Child::new(table.clone(), name)));
    let own = own.is_some_and(|body| matches!(body, Body::Constraint(own) if own.definition == definition));
    own || copy(at.there, table, name).is_some_and(|copy| copy == definition)
}

/// The definition of a partition's copy of a foreign key.
pub fn copy<'a>(facts: &'a Facts, table: &Key, name: &str) -> Option<&'a str> {
    attachment(facts, table)?.inherited_keys().find(|(copy, _)| *copy == name).map(|(_, definition)| definition)
}

/// The name of a partition's copy of a foreign key with this definition.
pub fn copy_of<'a>(facts: &'a Facts, table: &Key, definition: &str) -> Option<&'a str> {
    attachment(facts, table)?.inherited_keys().find(|(_, copy)| *copy == definition).map(|(name, _)| name)
}

fn attachment<'a>(facts: &'a Facts, table: &Key) -> Option<&'a Partition> {
    match facts.get(&Key::Partition(Attached::new(table.clone()))) {
        Some(Body::Partition(body)) => Some(body),
        _ => None,
    }
}

/// The indexes of the partition that ATTACH PARTITION adopts because the parent has its own already. The other way
/// round, a parent's index that is new is created after its partitions are attached.
fn adopted(at: &Site) -> Vec<Key> {
    let stays = |key: &Key| at.here.get(key).is_some() && at.here.get(key) == at.there.get(key);
    let met = |attachment: &IndexAttachment| stays(&attachment.parent()) && stays(&attachment.parent_table());
    at.here
        .attachments(at.key)
        .filter_map(|(key, body)| match body {
            Body::IndexAttachment(attachment) if met(attachment) => key.on().cloned(),
            _ => None,
        })
        .collect()
}

/// The checks that the partition must have before it can be attached.
fn inherited_checks(at: &Site, table: &Key) -> Vec<Key> {
    at.here
        .standing_on(table)
        .filter(|(_, body)| matches!(body, Body::Constraint(constraint) if constraint.contype == "c"))
        .map(|(key, _)| key.clone())
        .collect()
}

/// The attachments of the partitions of this table.
pub fn partitions_of(facts: &Facts, table: &Key) -> Vec<Key> {
    let found = facts.attachments(table).filter(|(key, _)| matches!(key, Key::Partition(_)));
    found.map(|(key, _)| key.clone()).collect()
}

/// The attachments of partitions' indexes to those of this table.
pub fn attachments_below(facts: &Facts, table: &Key) -> Vec<Key> {
    let found = facts.attachments(table).filter(|(key, _)| matches!(key, Key::IndexAttachment(_)));
    found.map(|(key, _)| key.clone()).collect()
}

/// The table that this one is a partition of.
pub fn parent_table(facts: &Facts, table: &Key) -> Option<Key> {
    attachment(facts, table).map(Partition::parent_table)
}
