//! golang-migrate: one row with the version that the database is at. All before it are applied, whichever those are.

use serde_json::Value;

use crate::migrate::foreign::folder::Folder;
use crate::migrate::foreign::row::{Read, Row, is_true, text};
use crate::migrate::foreign::version::{DIGITS, digits, numbers};
use crate::migrate::foreign::{PLAIN, Tool};

pub(super) const TOOL: Tool = Tool {
    name: "golang-migrate",
    table: "schema_migrations",
    columns: &[("version", &["bigint"]), ("dirty", &["boolean"])],
    read,
    expand,
    ..PLAIN
};

fn read(rows: &[Value]) -> Read {
    let mut read = Read::default();
    for row in rows {
        // It is below zero where the first one was taken back, and that failed.
        let version = text(row, "version").unwrap_or_default();
        if is_true(row, "dirty") {
            read.unfinished.push(format!("version `{version}` is dirty"));
        } else {
            read.rows.push(Row { version: Some(version), covers: true, ..Row::default() });
        }
    }
    read
}

/// The files up to the version. Our own count only where one of them is that version: then they are the same migrations.
fn expand(rows: Vec<Row>, folder: &Folder) -> Vec<Row> {
    let Some(last) = rows.last() else { return rows };
    let Some(current) = last.version.clone() else { return rows };
    let before = |version: &String| numbers(version) < numbers(&current);
    let mut versions: Vec<String> = folder.scripts.iter().filter_map(|script| script.version.clone()).collect();
    if versions.is_empty() {
        let own = folder.own.iter().filter_map(|own| own.id.get(..DIGITS)).map(str::to_owned);
        let own: Vec<String> = own.collect();
        if digits(&current).is_some_and(|(current, _)| own.contains(&current)) {
            versions = own;
        }
    }
    versions.retain(before);
    versions.sort_by_key(|version| numbers(version));
    versions.dedup_by_key(|version| numbers(version));
    let earlier = versions.into_iter().map(|version| Row { version: Some(version), ..Row::default() });
    earlier.chain(rows).collect()
}
