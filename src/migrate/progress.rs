//! How far a statement is that takes its time, as a second session sees it: what Postgres counts of index builds, of CLUSTER,
//! VACUUM and ANALYZE, and of COPY. Of anything else it counts nothing, and then there is the size of the table and no more.

pub mod task;

use postgres::Row;
use serde::Serialize;

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::migrate::event::Holder;

/// So many of so many.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Count {
    pub done: i64,
    /// None where Postgres does not know.
    pub of: Option<i64>,
}

/// What was seen in one look.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Look {
    /// The table, with its schema.
    pub table: Option<String>,
    /// Its size in bytes, as the last VACUUM or ANALYZE left it in the catalog; with that of its partitions.
    pub size: Option<i64>,
    /// In Postgres' own words: `building index: scanning table`.
    pub phase: Option<String>,
    pub blocks: Option<Count>,
    pub tuples: Option<Count>,
    /// Transactions that have to end first.
    pub lockers: Option<Count>,
    pub partitions: Option<Count>,
    pub bytes: Option<Count>,
}

impl Look {
    /// The count that says how far the phase is, and its noun.
    pub fn measure(&self) -> Option<(Count, &'static str)> {
        let known = |count: Option<Count>| count.filter(|count| count.of.is_some());
        // Tuples are counted once the blocks are through, which stay counted.
        let all =
            [(self.lockers, "transactions"), (self.tuples, "rows"), (self.blocks, "blocks"), (self.bytes, "bytes")];
        let first = all.into_iter().find_map(|(count, noun)| Some((known(count)?, noun)));
        first.or_else(|| Some((self.tuples?, "rows")))
    }
}

/// Looks at the session with this PID, whose statement works on a table of this name.
///
/// # Errors
/// What the server says, or that it went away.
pub(in crate::migrate) fn look(connection: &mut Connection, pid: i32, table: Option<&str>) -> Result<Look, DbError> {
    let table = table.map(|table| connection.named(table));
    let rows = connection.query_with(include_str!("progress.sql"), &[&pid, &table])?;
    Ok(rows.first().map(seen).transpose()?.unwrap_or_default())
}

fn seen(row: &Row) -> Result<Look, postgres::Error> {
    let count = |name: &str| {
        let (done, of): (Option<i64>, Option<i64>) =
            (row.try_get(format!("{name}_done").as_str())?, row.try_get(format!("{name}_total").as_str())?);
        let (done, of) = (done.unwrap_or_default(), of.filter(|of| *of > 0));
        Ok::<_, postgres::Error>((done > 0 || of.is_some()).then_some(Count { done, of }))
    };
    Ok(Look {
        table: row.try_get("relation")?,
        size: row.try_get("size")?,
        phase: row.try_get("phase")?,
        blocks: count("blocks")?,
        tuples: count("tuples")?,
        lockers: count("lockers")?,
        partitions: count("partitions")?,
        bytes: count("bytes")?,
    })
}

/// Whom it waits for.
///
/// # Errors
/// As `look`.
pub(in crate::migrate) fn holders(connection: &mut Connection, pid: i32) -> Result<Vec<Holder>, DbError> {
    let one = |row: &Row| {
        Ok(Holder {
            pid: row.try_get(0)?,
            user: row.try_get(1)?,
            application: row.try_get(2)?,
            seconds: row.try_get(3)?,
            state: row.try_get(4)?,
        })
    };
    connection.query_with(include_str!("holders.sql"), &[&pid])?.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_last_measures_the_phase() {
        let count = |done, of| Some(Count { done, of });
        let mut look = Look { blocks: count(5, Some(9)), ..Look::default() };
        assert_eq!(look.measure(), Some((Count { done: 5, of: Some(9) }, "blocks")));
        look.tuples = count(3, None);
        assert_eq!(look.measure(), Some((Count { done: 5, of: Some(9) }, "blocks")));
        look.tuples = count(3, Some(7));
        assert_eq!(look.measure(), Some((Count { done: 3, of: Some(7) }, "rows")));
        look = Look { tuples: count(3, None), ..Look::default() };
        assert_eq!(look.measure(), Some((Count { done: 3, of: None }, "rows")));
        assert_eq!(Look::default().measure(), None);
    }
}
