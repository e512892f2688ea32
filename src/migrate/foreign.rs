//! Histories that other tools left in a database: which table is whose, and what its rows say.
//!
//! Each tool has one file here and one line in `TOOLS`. Its table is read as JSON, so that columns that came in a later
//! version of the tool, or went, do no harm.

mod alembic;
mod checksum;
mod dbmate;
mod diesel;
mod django;
mod drizzle;
pub mod error;
mod find;
mod flyway;
mod folder;
mod golang_migrate;
mod knex;
mod matched;
pub mod origin;
mod prisma;
mod rails;
mod refinery;
mod row;
mod sqlx;
mod table;
mod take;
mod version;

pub use crate::migrate::foreign::find::History;
pub use crate::migrate::foreign::take::{Taken, Wish};

use serde_json::Value;

use crate::migrate::foreign::folder::Folder;
use crate::migrate::foreign::row::{Read, Row};
use crate::migrate::foreign::table::Table;

/// A column, and the types that it has in one version of the tool or another, without their lengths.
type Column = (&'static str, &'static [&'static str]);

/// Whether there is a table of this name beside one.
type IsThere<'a> = dyn Fn(&str) -> bool + 'a;

/// A tool that runs migrations, and its history.
pub struct Tool {
    /// What the command line calls it.
    pub name: &'static str,
    /// What its table is called, unless somebody said otherwise.
    table: &'static str,
    columns: &'static [Column],
    /// Columns that only some versions have.
    more: &'static [&'static str],
    /// The tables that it keeps beside it; `{}` stands for the table.
    beside: &'static [&'static str],
    /// What tells it from another tool whose table has the same columns: the table, and whether there is another beside it.
    tell: fn(&Table, &IsThere) -> bool,
    /// The columns that its rows are in order by.
    order: &'static str,
    /// Whether its migrations have numbers or times, which say what came first.
    numbered: bool,
    /// A column of the first table beside it that is not zero while a run is at work, or was cut off.
    locked: Option<&'static str>,
    read: fn(&[Value]) -> Read,
    /// Adds what the table leaves to the files, where it only holds the last one.
    expand: fn(Vec<Row>, &Folder) -> Vec<Row>,
    /// Whether a text is the one that it ran; none where the table does not say, or says it in a way that is not known.
    is_same: fn(&Row, &str) -> Option<bool>,
}

/// What is so of most of them.
const PLAIN: Tool = Tool {
    name: "",
    table: "",
    columns: &[],
    more: &[],
    beside: &[],
    tell: |_, _| true,
    order: "version",
    numbered: true,
    locked: None,
    read: |_| Read::default(),
    expand: |rows, _| rows,
    is_same: |_, _| None,
};

/// All of them, in the order in which messages list them.
pub const TOOLS: &[Tool] = &[
    flyway::TOOL,
    golang_migrate::TOOL,
    dbmate::TOOL,
    sqlx::TOOL,
    diesel::TOOL,
    refinery::TOOL,
    prisma::TOOL,
    drizzle::TOOL,
    knex::TOOL,
    rails::TOOL,
    django::TOOL,
    alembic::TOOL,
];

impl Tool {
    /// The tool of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        TOOLS.iter().find(|tool| tool.name == name)
    }

    /// What its tables beside this one are called.
    fn beside(&self, table: &str) -> Vec<String> {
        self.beside.iter().map(|name| name.replace("{}", table)).collect()
    }

    /// A column of its that this table lacks, or has with another type.
    fn lacks(&self, table: &Table) -> Option<&'static str> {
        let has = |(name, types): &&Column| table.base_type(name).is_some_and(|found| types.contains(&found));
        self.columns.iter().find(|column| !has(column)).map(|(name, _)| *name)
    }

    /// Whether it is a table as this tool makes it.
    fn fits(&self, table: &Table, is_there: &IsThere) -> bool {
        let known =
            |name: &String| self.more.contains(&name.as_str()) || self.columns.iter().any(|(own, _)| own == name);
        self.lacks(table).is_none() && table.columns.keys().all(known) && (self.tell)(table, is_there)
    }
}
