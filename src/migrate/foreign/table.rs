//! A table that may be a history.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A table of the database.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Table {
    pub schema: String,
    pub name: String,
    /// Both, as SQL names them.
    pub sql: String,
    /// Whether it is the one that was asked for by its name.
    pub asked: bool,
    /// Types by name, with their lengths.
    pub columns: BTreeMap<String, String>,
}

impl Table {
    /// The type of a column without its length; none where there is no such column.
    pub(super) fn base_type(&self, column: &str) -> Option<&str> {
        self.columns.get(column).map(|column| column.split('(').next().unwrap_or(column))
    }
}
