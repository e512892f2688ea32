//! dbmate: the versions alone. Rails has the same table, with another one beside it.

use serde_json::Value;

use crate::migrate::foreign::row::{Read, Row, text};
use crate::migrate::foreign::{PLAIN, Tool};

pub(super) const TOOL: Tool = Tool {
    name: "dbmate",
    table: "schema_migrations",
    columns: &[("version", &["character varying"])],
    tell: |table, is_there| {
        !is_there("ar_internal_metadata") && table.columns.get("version").is_some_and(|of| of.contains('('))
    },
    read: versions,
    ..PLAIN
};

/// Rows that hold a version and nothing else.
pub(super) fn versions(rows: &[Value]) -> Read {
    let one = |row: &Value| Some(Row { version: Some(text(row, "version")?), ..Row::default() });
    Read { rows: rows.iter().filter_map(one).collect(), unfinished: Vec::new() }
}
