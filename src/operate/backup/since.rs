//! The rows that changed since a date: of tables with a column that says when a row was changed, and of nothing else.
//!
//! A row that was deleted has no such column any more, and a table without one is not looked at. So this is no backup that a
//! database comes back from, and it never counts as one.

pub mod copy;
pub mod date;
pub mod merge;
pub mod tables;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::operate::backup::since::date::Date;

/// What is asked for.
pub struct Order<'a> {
    pub date: Date,
    /// The column that says when a row was changed, by table or by pattern; an exact name goes before patterns.
    pub columns: &'a BTreeMap<String, String>,
    /// Whether somebody wishes the end of it.
    pub stopped: &'a (dyn Fn() -> bool + Sync),
}

/// What a manifest says of it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Since {
    /// As it was written on the command line.
    pub written: String,
    /// The moment, RFC 3339 in UTC: what columns with a time zone are held against.
    pub at: String,
    /// The same as a clock in the zone of the date shows it: what columns without one are held against.
    pub clock: String,
    /// By their names in SQL.
    pub tables: BTreeMap<String, Table>,
}

/// One of its tables.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Table {
    /// The file of its rows.
    pub file: String,
    /// What says when a row was changed, and its type.
    pub column: String,
    #[serde(rename = "type")]
    pub kind: String,
    /// What the file has of a row, in its order: all but generated columns.
    pub columns: Vec<String>,
    /// The primary key.
    pub key: Vec<String>,
    /// Columns that nobody may update: identities.
    pub fixed: Vec<String>,
}
