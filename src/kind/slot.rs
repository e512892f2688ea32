//! The names that facts occupy, so that a plan frees one before it is taken again.

use serde::Deserialize;

use crate::base::name::Ident;
use crate::kind::Key;

/// A name that only one object at a time can hold, although their kinds differ: a view and a table, an index and the
/// constraint that had its name before.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Slot {
    /// `pg_class`: tables, views, sequences, indexes, composite types.
    Relation(Ident, Ident),
    /// `pg_type`: types, and the row types of relations.
    Type(Ident, Ident),
    /// `pg_proc`: functions, procedures and aggregates of one signature.
    Routine(Ident, Ident, String),
    /// Anything that is one of a kind for the fact it stands on.
    Within(Box<Key>, String),
}

impl Slot {
    /// Those of anything in `pg_class` that has a row type.
    pub fn of_relation(key: &Key) -> Vec<Self> {
        let Some(schema) = key.schema() else { return Vec::new() };
        let name = Ident::new(key.name());
        vec![Self::Relation(schema.clone(), name.clone()), Self::Type(schema.clone(), name)]
    }
}
