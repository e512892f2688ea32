//! What a live database says of a table that is asked about.

use serde::Deserialize;

use crate::base::name::{Ident, Qualified, without_public};
use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::row::decode;

/// A relation with rows.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Table {
    schema: String,
    name: String,
    /// `pg_class.relkind`.
    kind: String,
    /// The columns of its primary key, in their order; none where it has none.
    pub(super) key: Vec<String>,
    pub(super) columns: Vec<Column>,
}

/// One of its columns.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Column {
    pub(super) name: String,
    /// As `format_type` prints it.
    pub(super) type_name: String,
    /// `pg_type.typcategory`.
    pub(super) category: String,
    /// Whether it is an enum, or an array of one.
    pub(super) is_enum: bool,
}

impl Table {
    /// The one of this name, as SQL has it; none where there is none.
    pub(super) fn read(connection: &mut Connection, name: &str) -> Result<Option<Self>, DbError> {
        let name = connection.named(name);
        connection.query_with(include_str!("table.sql"), &[&name])?.first().map(decode).transpose()
    }

    /// As SQL names it.
    pub(super) fn sql(&self) -> String {
        Qualified::new(self.schema.as_str(), self.name.as_str()).to_string()
    }

    /// As a person and `--allow` name it.
    pub(super) fn said(&self) -> String {
        without_public(&self.sql())
    }

    /// What an expression that is about it may call it.
    pub(super) fn alias(&self) -> Ident {
        Ident::new(self.name.as_str())
    }

    /// Whether rows are in it, and not in another database or behind a view.
    pub(super) fn holds_rows(&self) -> bool {
        matches!(self.kind.as_str(), "r" | "p" | "m")
    }

    /// Its rows, and those of what inherits from it.
    pub(super) fn all(&self) -> String {
        self.sql()
    }

    /// Its rows. Those of a partitioned table are in its partitions; those of a child by INHERITS are not its own.
    pub(super) fn own(&self) -> String {
        if self.kind == "p" { self.sql() } else { format!("ONLY {}", self.sql()) }
    }

    pub(super) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// `orders.note`.
    pub(super) fn dotted(&self, column: &str) -> String {
        format!("{}.{}", self.said(), Ident::new(column))
    }
}
