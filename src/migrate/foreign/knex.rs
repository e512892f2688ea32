//! Knex: the names of files, and when each ran. A table beside it says whether a run is at work, or was cut off.

use serde_json::Value;

use crate::migrate::foreign::row::{Read, Row, text, time};
use crate::migrate::foreign::version::parts;
use crate::migrate::foreign::{PLAIN, Tool};

pub(super) const TOOL: Tool = Tool {
    name: "knex",
    table: "knex_migrations",
    columns: &[
        ("id", &["integer"]),
        ("name", &["character varying"]),
        ("batch", &["integer"]),
        ("migration_time", &["timestamp with time zone", "timestamp without time zone"]),
    ],
    beside: &["{}_lock"],
    order: "id",
    locked: Some("is_locked"),
    read: |rows| Read { rows: rows.iter().filter_map(one).collect(), unfinished: Vec::new() },
    ..PLAIN
};

fn one(row: &Value) -> Option<Row> {
    let file = text(row, "name")?;
    let stem = file.rsplit_once('.').map_or(file.as_str(), |(stem, _)| stem);
    let (version, name) = parts(stem);
    Some(Row {
        version,
        name: Some(name),
        at: time(row, "migration_time"),
        stem: Some(stem.to_owned()),
        ..Row::default()
    })
}
