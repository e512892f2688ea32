//! Prisma: a row for each try of a migration, with SHA-256 of its file.
//!
//! One that failed has no end, until somebody says that it was rolled back. The log of it, which quotes SQL, is not read.

use serde_json::Value;

use crate::migrate::foreign::checksum::{hex, sha256};
use crate::migrate::foreign::row::{Read, Row, text, time};
use crate::migrate::foreign::version::parts;
use crate::migrate::foreign::{PLAIN, Tool};

const TIME: &[&str] = &["timestamp with time zone"];

pub(super) const TOOL: Tool = Tool {
    name: "prisma",
    table: "_prisma_migrations",
    columns: &[
        ("id", &["character varying"]),
        ("checksum", &["character varying"]),
        ("finished_at", TIME),
        ("migration_name", &["character varying"]),
        ("logs", &["text"]),
        ("rolled_back_at", TIME),
        ("started_at", TIME),
        ("applied_steps_count", &["integer"]),
    ],
    order: "started_at, migration_name",
    read,
    is_same,
    ..PLAIN
};

fn read(rows: &[Value]) -> Read {
    let mut read = Read::default();
    for row in rows.iter().filter(|row| text(row, "rolled_back_at").is_none()) {
        let stem = text(row, "migration_name").unwrap_or_default();
        if text(row, "finished_at").is_none() {
            read.unfinished.push(format!("`{stem}` did not finish"));
            continue;
        }
        let (version, name) = parts(&stem);
        read.rows.push(Row {
            version,
            name: Some(name),
            stem: Some(stem),
            at: time(row, "started_at"),
            checksum: text(row, "checksum"),
            ..Row::default()
        });
    }
    read
}

/// Whichever way lines end. The first versions left out zeros in front of each byte.
fn is_same(row: &Row, text: &str) -> Option<bool> {
    let checksum = row.checksum.as_ref().filter(|checksum| !checksum.is_empty())?;
    let unix = text.replace("\r\n", "\n");
    let written = |text: &str| {
        let hash = sha256(text);
        let short: String = hash.iter().map(|byte| format!("{byte:x}")).collect();
        *checksum == hex(&hash) || *checksum == short
    };
    Some(written(text) || written(&unix) || written(&unix.replace('\n', "\r\n")))
}
