//! What a statement is about, as the database had it just before it ran, and just after.

use serde::Deserialize;

use crate::observe::relation::Relation;

/// Columns, enums and tables that a statement names. Empty where nothing was run.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
pub struct State {
    pub columns: Vec<Column>,
    pub enums: Vec<Enum>,
    pub tables: Vec<Table>,
}

/// One column of a table or a view.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Column {
    pub schema: String,
    pub relation: String,
    pub name: String,
    /// As `format_type` prints it.
    pub type_name: String,
    pub not_null: bool,
    /// Whether a row that says nothing of it gets a value: a default, an identity or an expression.
    pub filled: bool,
}

/// One enum, with its values in order.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Enum {
    pub schema: String,
    pub name: String,
    /// As `format_type` prints it.
    pub type_name: String,
    pub labels: Vec<String>,
}

/// What columns do not tell of a table.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Table {
    pub schema: String,
    pub name: String,
    /// The columns of each key and unique index that holds for all rows.
    pub keys: Vec<Vec<String>>,
    pub row_security: bool,
    /// Whether it holds for the owner too.
    pub forced: bool,
    pub policies: i64,
    /// The table that it is a partition of, as a person names it.
    pub partition_of: Option<String>,
}

impl State {
    /// The columns of one relation, in order.
    pub fn columns_of<'s>(&'s self, of: &'s Relation) -> impl Iterator<Item = &'s Column> {
        self.columns.iter().filter(|column| column.schema == of.schema && column.relation == of.name)
    }

    pub fn column(&self, of: &Relation, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| {
            (column.schema.as_str(), column.relation.as_str(), column.name.as_str()) == (&of.schema, &of.name, name)
        })
    }

    pub fn table(&self, table: &Relation) -> Option<&Table> {
        self.tables.iter().find(|known| known.schema == table.schema && known.name == table.name)
    }
}
