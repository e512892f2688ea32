//! A partition's attachment to its parent: what ATTACH PARTITION makes and DETACH PARTITION undoes.
//!
//! A new partition is created as a table of its own and attached, as `pg_dump` does: that takes a weaker lock on the
//! parent than CREATE TABLE ... PARTITION OF, and lets its indexes be built first and be adopted.

use serde::{Deserialize, Serialize};

use crate::base::name::{Ident, Qualified, literal};
use crate::kind::carried::Carried;
use crate::kind::facts::Facts;
use crate::kind::key::{Attached, Child};
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::table::index_attachment::IndexAttachment;
use crate::kind::table::table_key;
use crate::kind::{Body, Key, Kind, Site};

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
        if !self.pending {
            return one(detach);
        }
        // Where it was not begun, as on scratch, FINALIZE is refused.
        one(format!(
            "DO $finalize$
BEGIN
    IF (SELECT inhdetachpending FROM pg_catalog.pg_inherits WHERE inhrelid = {}::pg_catalog.regclass) THEN
        {detach} FINALIZE;
    ELSE
        {detach};
    END IF;
END
$finalize$",
            literal(&child)
        ))
    }

    fn alter(&self, to: &Self, _at: &Site) -> Alter {
        let Self { parent_schema, parent_name, bound, constraint: _, pending: _ } = to;
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
}

impl Partition {
    pub fn parent(&self) -> Qualified {
        Qualified { schema: self.parent_schema.clone(), name: self.parent_name.clone() }
    }

    pub fn parent_table(&self) -> Key {
        table_key(self.parent_schema.as_str(), self.parent_name.as_str())
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
    match facts.get(&Key::Partition(Attached::new(table.clone()))) {
        Some(Body::Partition(body)) => Some(body.parent_table()),
        _ => None,
    }
}
