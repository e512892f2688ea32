//! refinery: a row for each migration, with SipHash 1-3 over its name, its version and its text.

use std::hash::{Hash, Hasher};

use serde_json::Value;
use siphasher::sip::SipHasher13;

use crate::migrate::foreign::row::{Read, Row, text, time};
use crate::migrate::foreign::{PLAIN, Tool};

const TEXT: &[&str] = &["character varying", "text"];

pub(super) const TOOL: Tool = Tool {
    name: "refinery",
    table: "refinery_schema_history",
    columns: &[("version", &["integer", "bigint"]), ("name", TEXT), ("applied_on", TEXT), ("checksum", TEXT)],
    read: |rows| {
        let one = |row: &Value| {
            Some(Row {
                version: Some(text(row, "version")?),
                name: text(row, "name"),
                at: time(row, "applied_on"),
                checksum: text(row, "checksum"),
                ..Row::default()
            })
        };
        Read { rows: rows.iter().filter_map(one).collect(), unfinished: Vec::new() }
    },
    is_same: |row, text| {
        let (name, checksum) = (row.name.as_ref()?, row.checksum.as_ref()?);
        let version: i64 = row.version.as_ref()?.parse().ok()?;
        // Versions are longer where refinery was built so.
        let short = i32::try_from(version).ok().map(|version| hash(name, version, text));
        Some([short, Some(hash(name, version, text))].iter().flatten().any(|hash| hash.to_string() == *checksum))
    },
    ..PLAIN
};

fn hash(name: &str, version: impl Hash, text: &str) -> u64 {
    let mut hasher = SipHasher13::new();
    name.hash(&mut hasher);
    version.hash(&mut hasher);
    text.hash(&mut hasher);
    hasher.finish()
}
