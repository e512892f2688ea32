//! How large the tables are, and were when a report of it was last written into the books.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::row::decode;

/// All tables now.
pub const NOW: &str = include_str!("sizes.sql");

/// Whether there are reports that the role may read.
pub const THERE: &str = "
    SELECT coalesce(
        pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT'), false
    ) AS there
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = 'pgplumb'
    WHERE c.relname = 'size'";

/// The tables of the report that growth is told from.
pub const BEFORE: &str = include_str!("sizes_before.sql");

/// Whether this role may write a report here, and the last is old enough.
const MAY: &str = "
    SELECT (
        NOT pg_catalog.pg_is_in_recovery()
        AND pg_catalog.current_setting('transaction_read_only') = 'off'
        AND pg_catalog.has_table_privilege('pgplumb.size', 'INSERT')
        AND pg_catalog.has_table_privilege('pgplumb.size', 'DELETE')
        AND NOT EXISTS (SELECT FROM pgplumb.size AS s WHERE s.at > pg_catalog.clock_timestamp() - interval '1 hour')
    )::text";

/// Takes away what is older than 90 days, and of what is older than two all but the last of each day.
const PRUNE: &str = "
    DELETE FROM pgplumb.size AS s
    USING (
        SELECT r.at, row_number() OVER (PARTITION BY pg_catalog.date_trunc('day', r.at) ORDER BY r.at DESC) AS place
        FROM (SELECT DISTINCT at FROM pgplumb.size) AS r
    ) AS reports
    WHERE s.at = reports.at
        AND (
            s.at < pg_catalog.now() - interval '90 days'
            OR s.at < pg_catalog.now() - interval '2 days' AND reports.place > 1
        )";

/// A table, as [`NOW`] tells it.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Table {
    pub relation: String,
    pub bytes: i64,
}

/// The same in a report.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Before {
    pub relation: String,
    pub bytes: i64,
    /// When the report was made, for a person.
    pub since: String,
}

/// Whether there are reports.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
pub struct There {
    pub there: bool,
}

/// A table now and before.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Growth {
    pub relation: String,
    pub bytes: i64,
    pub before: i64,
}

impl Growth {
    /// As a part of what it was: 0.5 is half as much again.
    #[expect(clippy::cast_precision_loss, reason = "a ratio for a person")]
    pub fn ratio(&self) -> f64 {
        (self.bytes - self.before) as f64 / self.before.max(1) as f64
    }
}

/// Each table that the report has, in the order of those that are there now.
pub fn grown(now: Vec<Table>, before: &[Before]) -> Vec<Growth> {
    let before: BTreeMap<&str, i64> = before.iter().map(|one| (one.relation.as_str(), one.bytes)).collect();
    let one = |Table { relation, bytes }| {
        let before = *before.get(relation.as_str())?;
        Some(Growth { relation, bytes, before })
    };
    now.into_iter().filter_map(one).collect()
}

/// All tables now, the largest first, and the report that growth is told from; nothing where there is none.
///
/// # Errors
/// What the server says; that a table was locked meanwhile.
pub fn look(connection: &mut Connection) -> Result<(Vec<Table>, Vec<Before>), DbError> {
    connection.execute("BEGIN READ ONLY; SET LOCAL lock_timeout = '1s'")?;
    let looked = read(connection);
    let end = connection.execute("ROLLBACK");
    let looked = looked?;
    end?;
    Ok(looked)
}

fn read(connection: &mut Connection) -> Result<(Vec<Table>, Vec<Before>), DbError> {
    let tables = connection.query_with(NOW, &[])?.iter().map(decode).collect::<Result<_, _>>()?;
    let there = connection.query_with(THERE, &[])?.iter().map(decode::<There>).collect::<Result<Vec<_>, _>>()?;
    if !there.first().is_some_and(|there| there.there) {
        return Ok((tables, Vec::new()));
    }
    let before = connection.query_with(BEFORE, &[])?.iter().map(decode).collect::<Result<_, _>>()?;
    Ok((tables, before))
}

/// Writes a report where there are books, the role may, and none was written within an hour; takes away old ones. Says
/// whether it did.
///
/// # Errors
/// What the server says.
pub fn note(connection: &mut Connection) -> Result<bool, DbError> {
    let there = connection.query_with(THERE, &[])?.iter().map(decode::<There>).collect::<Result<Vec<_>, _>>()?;
    if !there.first().is_some_and(|there| there.there) || connection.query_text(MAY)?.as_deref() != Some("true") {
        return Ok(false);
    }
    connection.execute("BEGIN; SET LOCAL lock_timeout = '1s'")?;
    let insert = format!(
        "INSERT INTO pgplumb.size (at, relation, bytes) SELECT pg_catalog.now(), t.relation, t.bytes FROM ({NOW}) AS t"
    );
    let written = connection.change(&insert).and_then(|rows| connection.change(PRUNE).map(|_| rows));
    connection.execute(if written.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    Ok(written? > 0)
}
