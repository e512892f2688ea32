//! Drizzle: SHA-256 of each file, and when that was generated, in milliseconds. When it ran only later versions write
//! down, and its name as well.

use jiff::Timestamp;
use serde_json::Value;

use crate::migrate::foreign::checksum::{hex, sha256};
use crate::migrate::foreign::row::{Read, Row, text, time};
use crate::migrate::foreign::version::parts;
use crate::migrate::foreign::{PLAIN, Tool};

pub(super) const TOOL: Tool = Tool {
    name: "drizzle",
    table: "__drizzle_migrations",
    columns: &[("id", &["integer"]), ("hash", &["text"]), ("created_at", &["bigint"])],
    more: &["name", "applied_at"],
    order: "created_at, id",
    read: |rows| Read { rows: rows.iter().map(one).collect(), unfinished: Vec::new() },
    is_same: |row, text| {
        let checksum = row.checksum.as_ref()?;
        let is = |text: &str| *checksum == hex(&sha256(text));
        Some(is(text) || is(&text.replace("\r\n", "\n")))
    },
    ..PLAIN
};

fn one(row: &Value) -> Row {
    let made = row.get("created_at").and_then(Value::as_i64);
    let made = made.and_then(|made| Timestamp::from_millisecond(made).ok());
    let stem = text(row, "name");
    Row {
        version: text(row, "created_at"),
        name: stem.as_deref().map(|stem| parts(stem).1),
        time: made.map(|made| made.strftime("%Y%m%d%H%M%S").to_string()),
        stem,
        at: time(row, "applied_at"),
        checksum: text(row, "hash"),
        ..Row::default()
    }
}
