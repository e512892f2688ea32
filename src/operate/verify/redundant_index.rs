//! Indexes whose columns another one begins with.

use serde::Deserialize;

use crate::db::error::DbError;
use crate::observe::size::bytes;
use crate::operate::health::Level;
use crate::operate::verify::looking::Looking;
use crate::operate::verify::{Check, Finding, Part, Seen};

pub const CHECK: Check = Check {
    code: "redundant-index",
    part: Part::Performance,
    title: "no index is the beginning of another",
    why: "A query that asks for the first columns of an index can use it: a shorter one beside it, or a plain one beside a unique \
          one, is seldom worth its writes. It may be, where it is far smaller.",
    look,
};

#[derive(Deserialize)]
struct Index {
    object: String,
    partitioned: bool,
    size: i64,
    other: String,
    same: bool,
}

fn look(looking: &mut Looking) -> Result<Seen, DbError> {
    let indexes: Vec<Index> = looking.objects(include_str!("duplicate_index.sql"))?;
    let findings = indexes.into_iter().filter(|index| !index.same).map(|index| {
        let Index { object, partitioned, size, other, .. } = index;
        let way = if partitioned { "" } else { "CONCURRENTLY " };
        let mend = format!("DROP INDEX {way}{object};");
        let reason = format!("{other} can do what it does; it takes {}", bytes(size.unsigned_abs()));
        Finding::new(Level::Info, object, reason).mend(mend)
    });
    Ok(Seen::of(findings.collect(), "none is"))
}
