//! Indexes that writes do not keep up.

use serde::Deserialize;

use crate::db::error::DbError;
use crate::operate::health::Level;
use crate::operate::verify::looking::Looking;
use crate::operate::verify::{Check, Finding, Part, Seen};

pub const CHECK: Check = Check {
    code: "index-not-ready",
    part: Part::Data,
    title: "every index is kept up",
    why: "CREATE INDEX CONCURRENTLY that fails while it builds, most likely because of `duplicates`, leaves an index that takes \
          room and is not even written to; a DROP that was cut off does as well. Build it again when its cause is gone, or drop \
          it.",
    look,
};

#[derive(Deserialize)]
struct Index {
    object: String,
    of: String,
    leftover: bool,
    ready: bool,
}

fn look(looking: &mut Looking) -> Result<Seen, DbError> {
    let indexes: Vec<Index> = looking.objects(include_str!("indexes.sql"))?;
    let findings = indexes.into_iter().filter(|index| !index.ready).map(|Index { object, of, leftover, .. }| {
        let mend = if leftover { "DROP INDEX" } else { "REINDEX INDEX" };
        let mend = format!("{mend} CONCURRENTLY {object};");
        let reason = format!("is INVALID and not ready: not even writes to {of} keep it up");
        Finding::new(Level::Warning, object, reason).mend(mend)
    });
    Ok(Seen::of(findings.collect(), "all are ready"))
}
