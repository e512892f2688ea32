//! How much of what is read is in memory.

use serde::Deserialize;

use crate::db::error::DbError;
use crate::operate::health::Level;
use crate::operate::verify::looking::Looking;
use crate::operate::verify::{Check, Finding, Part, Seen};

pub const CHECK: Check = Check {
    code: "cache-hits",
    part: Part::Performance,
    title: "what is read is in memory",
    why: "A block that is not in the server's memory is asked of the disk. Where fewer are than `health.cache_hit` says, \
          `shared_buffers` is small for what is read, or statements read more than they need.",
    look,
};

/// One row.
const SQL: &str = "
    SELECT d.datname::text AS name, d.blks_hit AS hits, d.blks_read AS reads
    FROM pg_catalog.pg_stat_database AS d
    WHERE d.datname = pg_catalog.current_database()";

/// Of fewer blocks nothing follows.
const ENOUGH: i64 = 10_000;

#[derive(Deserialize)]
struct Facts {
    name: String,
    hits: i64,
    reads: i64,
}

fn look(looking: &mut Looking) -> Result<Seen, DbError> {
    let rows: Vec<Facts> = looking.rows(SQL)?;
    let facts = rows.first().ok_or_else(|| DbError::unexpected("a database without a row"))?;
    Ok(judge(facts, looking.asked.cache_hit))
}

/// Held against a limit in percent.
#[expect(clippy::cast_precision_loss, reason = "a ratio for a person")]
fn judge(facts: &Facts, limit: f64) -> Seen {
    let Facts { name, hits, reads } = facts;
    let blocks = hits.saturating_add(*reads);
    if blocks < ENOUGH {
        return Seen::of(Vec::new(), "too little was read to say");
    }
    let percent = *hits as f64 / blocks as f64 * 100.0;
    if percent >= limit {
        return Seen::of(Vec::new(), format!("{percent:.1} % of the blocks were"));
    }
    let reason = format!("{percent:.1} % of the blocks that were read were in memory; {limit} % are asked for");
    let mend = "Raise `shared_buffers`, or look for what reads so much: `sequential-scans`, `slow-statements`.";
    Seen::of(vec![Finding::new(Level::Warning, name.as_str(), reason).mend(mend)], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_the_limit_is_a_warning_and_little_says_nothing() {
        let judged = |hits, reads| judge(&Facts { name: "shop".to_owned(), hits, reads }, 90.0);
        assert_eq!(judged(10, 90).said, "too little was read to say");
        assert_eq!(judged(95_000, 5_000).said, "95.0 % of the blocks were");
        assert_eq!(judged(80_000, 20_000).findings[0].level, Level::Warning);
    }
}
