//! Django: the app, the name and when it ran. Names are numbered within their app alone.

use serde_json::Value;

use crate::migrate::foreign::row::{Read, Row, text, time};
use crate::migrate::foreign::{PLAIN, Tool};

pub(super) const TOOL: Tool = Tool {
    name: "django",
    table: "django_migrations",
    columns: &[
        ("id", &["integer", "bigint"]),
        ("app", &["character varying"]),
        ("name", &["character varying"]),
        ("applied", &["timestamp with time zone"]),
    ],
    order: "id",
    numbered: false,
    read: |rows| {
        let one = |row: &Value| {
            let name = format!("{}.{}", text(row, "app")?, text(row, "name")?);
            Some(Row { name: Some(name), at: time(row, "applied"), ..Row::default() })
        };
        Read { rows: rows.iter().filter_map(one).collect(), unfinished: Vec::new() }
    },
    ..PLAIN
};
