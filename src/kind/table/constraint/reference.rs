//! The tables at both ends of foreign keys.

use crate::kind::facts::Facts;
use crate::kind::table::constraint::Constraint;
use crate::kind::table::table_key;
use crate::kind::{Body, Key};

impl Constraint {
    /// The table that a foreign key refers to.
    pub fn references(&self) -> Option<Key> {
        let (schema, name) = self.references_schema.as_ref().zip(self.references_name.as_ref())?;
        Some(table_key(schema.as_str(), name.as_str()))
    }
}

/// The tables that this one refers to by foreign keys, itself left out.
pub fn referenced(facts: &Facts, table: &Key) -> Vec<Key> {
    let found = facts.standing_on(table).filter_map(|(_, body)| match body {
        Body::Constraint(constraint) => constraint.references(),
        _ => None,
    });
    found.filter(|key| key != table).collect()
}

/// The tables that refer to this one by foreign keys, itself left out.
pub fn referring(facts: &Facts, table: &Key) -> Vec<Key> {
    let found = facts.iter().filter_map(|(key, body)| match body {
        Body::Constraint(constraint) if constraint.references().as_ref() == Some(table) => key.on().cloned(),
        _ => None,
    });
    found.filter(|key| key != table).collect()
}
