//! Indexes that are there twice.

use serde::Deserialize;

use crate::db::error::DbError;
use crate::observe::size::bytes;
use crate::operate::health::Level;
use crate::operate::verify::looking::Looking;
use crate::operate::verify::{Check, Finding, Part, Seen};

pub const CHECK: Check = Check {
    code: "duplicate-index",
    part: Part::Performance,
    title: "no index is there twice",
    why: "Of two indexes that are the same, one costs every write and is never needed. What is left is the one that belongs to a \
          constraint, or is unique, or is older.",
    look,
};

#[derive(Deserialize)]
struct Index {
    object: String,
    of: String,
    partitioned: bool,
    size: i64,
    constraint: Option<String>,
    other: String,
    same: bool,
}

fn look(looking: &mut Looking) -> Result<Seen, DbError> {
    let indexes: Vec<Index> = looking.objects(include_str!("duplicate_index.sql"))?;
    let findings = indexes.into_iter().filter(|index| index.same).map(|index| {
        let Index { object, of, partitioned, size, constraint, other, .. } = index;
        let mend = match constraint {
            Some(constraint) => format!("ALTER TABLE {of} DROP CONSTRAINT {constraint};"),
            None if partitioned => format!("DROP INDEX {object};"),
            None => format!("DROP INDEX CONCURRENTLY {object};"),
        };
        let reason = format!("is the same as {other}, and takes {}", bytes(size.unsigned_abs()));
        Finding::new(Level::Warning, object, reason).mend(mend)
    });
    Ok(Seen::of(findings.collect(), "none is"))
}
