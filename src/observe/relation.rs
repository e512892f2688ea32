//! A relation, by name.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::base::name::Ident;

/// A table, index, view, sequence: anything with a row in `pg_class`. The order is that of a report: tables first.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Relation {
    pub kind: RelationKind,
    pub schema: String,
    pub name: String,
}

/// `pg_class.relkind`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all(serialize = "kebab-case"))]
pub enum RelationKind {
    #[serde(rename(deserialize = "r"))]
    Table,
    #[serde(rename(deserialize = "p"))]
    PartitionedTable,
    #[serde(rename(deserialize = "m"))]
    MaterializedView,
    #[serde(rename(deserialize = "f"))]
    ForeignTable,
    #[serde(rename(deserialize = "v"))]
    View,
    #[serde(rename(deserialize = "i"))]
    Index,
    #[serde(rename(deserialize = "I"))]
    PartitionedIndex,
    #[serde(rename(deserialize = "S"))]
    Sequence,
    #[serde(rename(deserialize = "c"))]
    CompositeType,
}

impl Relation {
    /// As SQL names it, with its schema.
    pub fn sql(&self) -> String {
        format!("{}.{}", Ident::new(&self.schema), Ident::new(&self.name))
    }

    /// Whether it holds or passes on rows that are written: what LOCK TABLE takes and a lint is about.
    pub fn is_table(&self) -> bool {
        matches!(self.kind, RelationKind::Table | RelationKind::PartitionedTable)
    }

    /// Whether rows are read from it under its own name.
    pub fn has_rows(&self) -> bool {
        self.is_table() || matches!(self.kind, RelationKind::MaterializedView)
    }

    pub fn is_index(&self) -> bool {
        matches!(self.kind, RelationKind::Index | RelationKind::PartitionedIndex)
    }
}

/// As a person names it: without the schema `public`.
impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.schema == "public" { Ident::new(&self.name).fmt(f) } else { f.write_str(&self.sql()) }
    }
}
