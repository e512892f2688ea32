//! sqlx: a row for each migration, with SHA-384 of its file.

use serde_json::Value;

use crate::migrate::foreign::checksum::sha384;
use crate::migrate::foreign::row::{Read, Row, is_true, seconds, text, time};
use crate::migrate::foreign::{PLAIN, Tool};

pub(super) const TOOL: Tool = Tool {
    name: "sqlx",
    table: "_sqlx_migrations",
    columns: &[
        ("version", &["bigint"]),
        ("description", &["text"]),
        ("installed_on", &["timestamp with time zone"]),
        ("success", &["boolean"]),
        ("checksum", &["bytea"]),
        ("execution_time", &["bigint"]),
    ],
    read,
    is_same: |row, text| row.checksum.as_ref().map(|checksum| *checksum == sha384(text)),
    ..PLAIN
};

fn read(rows: &[Value]) -> Read {
    let mut read = Read::default();
    for row in rows {
        let version = text(row, "version").unwrap_or_default();
        if !is_true(row, "success") {
            read.unfinished.push(format!("version `{version}` failed"));
            continue;
        }
        let checksum = text(row, "checksum");
        read.rows.push(Row {
            version: Some(version),
            // Underscores of the file's name are blanks in it.
            name: text(row, "description").map(|name| name.replace(' ', "_")),
            at: time(row, "installed_on"),
            seconds: seconds(row, "execution_time", 1e9),
            checksum: checksum.map(|checksum| checksum.trim_start_matches("\\x").to_owned()),
            ..Row::default()
        });
    }
    read
}
