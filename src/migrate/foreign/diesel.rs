//! diesel: versions without the dashes that they have in the names of folders, and when each ran.

use serde_json::Value;

use crate::migrate::foreign::row::{Read, Row, text, time};
use crate::migrate::foreign::{PLAIN, Tool};

pub(super) const TOOL: Tool = Tool {
    name: "diesel",
    table: "__diesel_schema_migrations",
    columns: &[
        ("version", &["character varying"]),
        ("run_on", &["timestamp without time zone", "timestamp with time zone"]),
    ],
    read: |rows| {
        let one =
            |row: &Value| Some(Row { version: Some(text(row, "version")?), at: time(row, "run_on"), ..Row::default() });
        Read { rows: rows.iter().filter_map(one).collect(), unfinished: Vec::new() }
    },
    ..PLAIN
};
