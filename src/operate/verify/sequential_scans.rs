//! Large tables that are read from end to end again and again.

use serde::Deserialize;

use crate::db::error::DbError;
use crate::observe::size::bytes;
use crate::operate::health::Level;
use crate::operate::verify::looking::Looking;
use crate::operate::verify::{Check, Finding, LARGE, Part, Seen};

pub const CHECK: Check = Check {
    code: "sequential-scans",
    part: Part::Performance,
    title: "large tables are read by an index",
    why: "A table of 8 MB or more that was read from end to end fifty times, and more often so than by an index, lacks one for \
          what statements ask. Look for those statements (`slow-statements`, or the server's log), and build an index on what \
          they look for. A report that needs all rows is none of them.",
    look,
};

/// As often is not by chance.
const OFTEN: i64 = 50;

/// One row for each table that was read as a whole.
const SQL: &str = "
    SELECT
        s.schemaname::text AS schema,
        pg_catalog.format('%I.%I', s.schemaname, s.relname) AS object,
        s.seq_scan AS whole,
        coalesce(s.idx_scan, 0) AS by_index,
        pg_catalog.pg_table_size(s.relid) AS size
    FROM pg_catalog.pg_stat_user_tables AS s
    WHERE s.seq_scan > 0
    ORDER BY s.seq_tup_read DESC, 2";

#[derive(Deserialize)]
struct Table {
    object: String,
    whole: i64,
    by_index: i64,
    /// None where it is gone.
    size: Option<i64>,
}

fn look(looking: &mut Looking) -> Result<Seen, DbError> {
    let tables: Vec<Table> = looking.objects(SQL)?;
    Ok(Seen::of(tables.iter().filter_map(judge).collect(), "no large table is read as a whole more often"))
}

fn judge(table: &Table) -> Option<Finding> {
    let Table { object, whole, by_index, size } = table;
    let size = size.unwrap_or_default();
    let found = size >= LARGE && *whole >= OFTEN && whole > by_index;
    let size = bytes(size.unsigned_abs());
    let reason = format!("{size} were read as a whole {whole} times, and {by_index} times by an index");
    let mend = "Find the statements that read it, and build an index on what they look for.";
    found.then(|| Finding::new(Level::Warning, object.as_str(), reason).mend(mend))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn often_and_large_and_more_than_by_an_index() {
        let judged = |whole, by_index, size| {
            judge(&Table { object: "a".to_owned(), whole, by_index, size: Some(size) }).is_some()
        };
        assert!(judged(OFTEN, 0, LARGE));
        assert!(!judged(OFTEN - 1, 0, LARGE) && !judged(OFTEN, OFTEN, LARGE) && !judged(OFTEN, 0, LARGE - 1));
    }
}
