//! The largest tables.

use serde::Deserialize;

use crate::db::error::DbError;
use crate::observe::size::bytes;
use crate::operate::health::Level;
use crate::operate::verify::looking::Looking;
use crate::operate::verify::{Check, Finding, Part, Seen};

pub const CHECK: Check = Check {
    code: "table-sizes",
    part: Part::Performance,
    title: "it is known where the room goes",
    why: "The ten largest tables, to be known before one of them is changed, moved or dumped. Never a warning.",
    look,
};

/// How many are told.
const TOLD: usize = 10;

/// One row for each table; partitions stand for themselves.
const SQL: &str = "
    SELECT
        n.nspname::text AS schema,
        pg_catalog.format('%I.%I', n.nspname, c.relname) AS object,
        pg_catalog.pg_table_size(c.oid) AS size,
        pg_catalog.pg_indexes_size(c.oid) AS indexes,
        c.reltuples::double precision AS rows
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm')
    ORDER BY pg_catalog.pg_total_relation_size(c.oid) DESC, 2";

#[derive(Deserialize)]
struct Table {
    object: String,
    size: i64,
    indexes: i64,
    /// Negative where nobody has counted.
    rows: f64,
}

fn look(looking: &mut Looking) -> Result<Seen, DbError> {
    let tables: Vec<Table> = looking.objects(SQL)?;
    let findings = tables.into_iter().take(TOLD).map(|Table { object, size, indexes, rows }| {
        let rows = if rows < 0.0 { "rows that nobody has counted".to_owned() } else { format!("about {rows:.0} rows") };
        let [size, indexes] = [size, indexes].map(|size| bytes(size.unsigned_abs()));
        Finding::new(Level::Info, object, format!("{size}, and {indexes} of indexes, for {rows}"))
    });
    Ok(Seen::of(findings.collect(), "there is no table"))
}
