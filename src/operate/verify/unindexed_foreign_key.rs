//! Foreign keys that a DELETE of a parent reads the whole table for.

use serde::Deserialize;

use crate::db::error::DbError;
use crate::observe::size::bytes;
use crate::operate::health::Level;
use crate::operate::verify::looking::Looking;
use crate::operate::verify::{Check, Finding, LARGE, Part, Seen};

pub const CHECK: Check = Check {
    code: "unindexed-foreign-key",
    part: Part::Performance,
    title: "every foreign key has an index",
    why: "Whenever a parent is deleted, or its key changes, Postgres looks for its children; without an index whose first \
          columns are those of the foreign key it reads the whole table for each parent, under a lock. Worth a warning from \
          8 MB on.",
    look,
};

#[derive(Deserialize)]
struct Key {
    object: String,
    name: String,
    partitioned: bool,
    columns: String,
    bytes: i64,
}

fn look(looking: &mut Looking) -> Result<Seen, DbError> {
    let keys: Vec<Key> = looking.objects(include_str!("unindexed_foreign_key.sql"))?;
    let findings = keys.into_iter().map(|Key { object, name, partitioned, columns, bytes: size }| {
        let level = if size >= LARGE { Level::Warning } else { Level::Info };
        let reason =
            format!("`{name}` has no index: each parent that goes reads {} for ({columns})", bytes(size.unsigned_abs()));
        // That of a partitioned table cannot be built concurrently.
        let way = if partitioned { "" } else { "CONCURRENTLY " };
        let mend = format!("CREATE INDEX {way}ON {object} ({columns});");
        Finding::new(level, object, reason).mend(mend)
    });
    Ok(Seen::of(findings.collect(), "all have one"))
}
