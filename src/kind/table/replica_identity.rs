//! What an UPDATE or DELETE writes to the log for logical replication, where it is not the primary key.
//!
//! A fact of its own because it may name an index, which can only exist after the table.

use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::kind::key::{Child, Scoped};
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Key, Kind, Site};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReplicaIdentity {
    pub full: bool,
    /// The index by its bare name; none for FULL and NOTHING.
    pub index: Option<Ident>,
}

impl Kind for ReplicaIdentity {
    const LABEL: &'static str = "replica identity";
    const QUERY: &'static str = include_str!("replica_identity.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        let what = match &self.index {
            Some(index) => format!("USING INDEX {index}"),
            None if self.full => "FULL".to_owned(),
            None => "NOTHING".to_owned(),
        };
        one(format!("ALTER {} REPLICA IDENTITY {what}", at.on_object()))
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("ALTER {} REPLICA IDENTITY DEFAULT", at.on_object()))
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self { full, index } = to;
        if (full, index) == (&self.full, &self.index) {
            return Alter::Equivalent;
        }
        Alter::in_place(to.create(at))
    }

    fn requires(&self, at: &Site) -> Vec<Key> {
        let (Some(index), Some(table)) = (&self.index, at.key.on()) else { return Vec::new() };
        backing(at, table, index)
    }

    /// The mark goes with its index, and leaves the table without any identity.
    fn dropped_with(&self, at: &Site, dropped: &dyn Fn(&Key) -> bool) -> Option<Key> {
        at.key.on().filter(|table| dropped(table)).cloned()
    }
}

/// The facts that an index of this name on the table may be: an index, or the constraint that owns it.
pub(super) fn backing(at: &Site, table: &Key, index: &Ident) -> Vec<Key> {
    let constraint = Key::Constraint(Child::new(table.clone(), index.as_str()));
    let schema = table.schema().map(Ident::as_str).unwrap_or_default();
    let index = Key::Index(Scoped::new(schema, index.as_str()));
    [constraint, index].into_iter().filter(|key| at.here.contains(key)).collect()
}
