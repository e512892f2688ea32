//! Indexes that are INVALID.

use serde::Deserialize;

use crate::db::error::DbError;
use crate::operate::health::Level;
use crate::operate::verify::looking::Looking;
use crate::operate::verify::{Check, Finding, Part, Seen};

pub const CHECK: Check = Check {
    code: "invalid-index",
    part: Part::Data,
    title: "every index is used",
    why: "CREATE INDEX CONCURRENTLY that fails leaves an INVALID index behind, which every write keeps up and no query uses; \
          a unique one does not vouch for the rows that were there. Build it again, or drop it. That of a partitioned table \
          is INVALID until every partition has one that is attached.",
    look,
};

#[derive(Deserialize)]
struct Index {
    object: String,
    of: String,
    partitioned: bool,
    leftover: bool,
    ready: bool,
}

fn look(looking: &mut Looking) -> Result<Seen, DbError> {
    let indexes: Vec<Index> = looking.objects(include_str!("indexes.sql"))?;
    let findings = indexes.into_iter().filter(|index| index.ready).map(|index| {
        let Index { object, of, partitioned, leftover, .. } = index;
        let (reason, mend) = if partitioned {
            let mend = format!(
                "CREATE INDEX CONCURRENTLY on each partition that lacks one, then ALTER INDEX {object} ATTACH PARTITION."
            );
            (format!("is INVALID: not every partition of {of} has one that is attached"), mend)
        } else if leftover {
            let mend = format!("DROP INDEX CONCURRENTLY {object};");
            (format!("is INVALID: it is left of a REINDEX CONCURRENTLY of {of} that was cut off"), mend)
        } else {
            let mend = format!("REINDEX INDEX CONCURRENTLY {object};");
            (format!("is INVALID: writes to {of} keep it up, and no query uses it"), mend)
        };
        Finding::new(Level::Warning, object, reason).mend(mend)
    });
    Ok(Seen::of(findings.collect(), "none is INVALID"))
}
