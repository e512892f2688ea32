//! Flyway: a row for everything that it did, also for what it took back and for what is not a migration.
//!
//! A repeatable migration has a row for each time that it ran, and no version. The checksum is one of the text as it lies
//! in the file; that of a repeatable one is made after placeholders are filled in, which nothing here can do.

use serde_json::Value;

use crate::migrate::foreign::checksum::crc32_of_lines;
use crate::migrate::foreign::row::{Read, Row, is_true, seconds, text, time};
use crate::migrate::foreign::version::{parts, plain};
use crate::migrate::foreign::{PLAIN, Tool};

const TEXT: &[&str] = &["character varying", "text"];

pub(super) const TOOL: Tool = Tool {
    name: "flyway",
    table: "flyway_schema_history",
    columns: &[
        ("installed_rank", &["integer"]),
        ("version", TEXT),
        ("description", TEXT),
        ("type", TEXT),
        ("script", TEXT),
        ("checksum", &["integer"]),
        ("installed_by", TEXT),
        ("installed_on", &["timestamp without time zone", "timestamp with time zone"]),
        ("execution_time", &["integer"]),
        ("success", &["boolean"]),
    ],
    order: "installed_rank",
    read,
    is_same: |row, text| {
        let checksum = row.checksum.as_ref().filter(|_| row.version.is_some())?;
        Some(*checksum == crc32_of_lines(text).to_string())
    },
    ..PLAIN
};

fn read(rows: &[Value]) -> Read {
    let mut read = Read::default();
    for row in rows {
        let kind = text(row, "type").unwrap_or_default();
        let script = text(row, "script").unwrap_or_default();
        let one = one(row, &script, &kind);
        if kind == "SCHEMA" {
            continue;
        }
        if !is_true(row, "success") {
            read.unfinished.push(format!("`{script}` failed"));
            continue;
        }
        // It takes back the last of its version, or takes its place.
        let is_new = |other: &Row| match (&one.version, &other.version) {
            (Some(version), Some(other)) => plain(version) != plain(other),
            (None, None) => one.name != other.name,
            _ => true,
        };
        read.rows.retain(is_new);
        if !kind.starts_with("UNDO") && kind != "DELETE" {
            read.rows.push(one);
        }
    }
    read
}

fn one(row: &Value, script: &str, kind: &str) -> Row {
    let version = text(row, "version");
    let file = script.rsplit(['/', '\\']).next().unwrap_or(script);
    let stem = file.strip_suffix(".sql").filter(|stem| stem.contains("__"));
    let description = text(row, "description").unwrap_or_default();
    let name = match (stem, &version) {
        (Some(stem), _) if kind != "DELETE" => parts(stem).1,
        (_, None) => format!("R_{}", description.replace(' ', "_")),
        _ => description,
    };
    Row {
        version,
        name: Some(name),
        stem: stem.map(str::to_owned),
        time: None,
        at: time(row, "installed_on"),
        by: text(row, "installed_by"),
        seconds: seconds(row, "execution_time", 1000.0),
        checksum: text(row, "checksum"),
        covers: kind == "BASELINE" || kind == "SQL_BASELINE",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rows(rows: &[(Option<&str>, &str, &str, bool)]) -> Read {
        let row = |(version, kind, script, success): &(Option<&str>, &str, &str, bool)| {
            let description = parts(script.trim_end_matches(".sql")).1.trim_start_matches("R_").replace('_', " ");
            json!({"version": version, "type": kind, "script": script, "success": success, "description": description,
                   "installed_on": "2024-01-01T00:00:00", "installed_by": "shop", "execution_time": 1500, "checksum": -1})
        };
        read(&rows.iter().map(row).collect::<Vec<_>>())
    }

    fn told(read: &Read) -> String {
        let one =
            |row: &Row| format!("{} {}", row.version.as_deref().unwrap_or("-"), row.name.as_deref().unwrap_or(""));
        read.rows.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn what_was_taken_back_or_done_again_counts_once() {
        let read = rows(&[
            (None, "SCHEMA", "\"shop\"", true),
            (Some("1"), "BASELINE", "<< Flyway Baseline >>", true),
            (Some("2"), "SQL", "orders/V2__orders.sql", true),
            (Some("3"), "SQL", "V3__notes.sql", true),
            (None, "SQL", "R__views.sql", true),
            (Some("3.0"), "UNDO_SQL", "U3__notes.sql", true),
            (None, "SQL", "R__views.sql", true),
            (Some("4"), "JDBC", "db.migration.V4__Import", true),
            (Some("5"), "SQL", "V5__gone.sql", true),
            (Some("5"), "DELETE", "V5__gone.sql", true),
        ]);
        assert_eq!(told(&read), "1 << Flyway Baseline >>, 2 orders, - R_views, 4 db.migration.V4  Import");
        assert!(read.rows[0].covers && !read.rows[1].covers);
        assert_eq!((read.rows[1].seconds, read.unfinished.len()), (Some(1.5), 0));
    }

    #[test]
    fn what_failed_is_named() {
        let read = rows(&[(Some("1"), "SQL", "V1__a.sql", true), (Some("2"), "SQL", "V2__b.sql", false)]);
        assert_eq!(read.unfinished, ["`V2__b.sql` failed"]);
    }
}
