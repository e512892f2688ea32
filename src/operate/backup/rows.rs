//! How many rows each table has.

use std::collections::BTreeMap;

use postgres::Row;

use crate::base::name::Qualified;
use crate::base::pattern::Pattern;
use crate::db::connection::{Connection, Snapshot};
use crate::db::error::DbError;
use crate::operate::error::OperateError;

/// The tables that have rows in a dump.
const TABLES: &str = include_str!("rows.sql");

/// The tables that fit one of the patterns, or all where there are none. A pattern without a schema is one of `public`.
///
/// # Errors
/// What the server says, or that a pattern fits no table.
pub fn tables(snapshot: &mut Snapshot, patterns: &[String]) -> Result<Vec<Qualified>, OperateError> {
    let all = snapshot.query(TABLES)?.iter().map(named).collect::<Result<Vec<_>, _>>()?;
    if patterns.is_empty() {
        return Ok(all);
    }
    let mut found = Vec::new();
    for text in patterns {
        let whole = if text.contains('.') { text.clone() } else { format!("public.{text}") };
        let pattern = Pattern::new(&whole);
        let fits = |table: &&Qualified| pattern.fits(&format!("{}.{}", table.schema.as_str(), table.name.as_str()));
        let before = found.len();
        found.extend(all.iter().filter(fits).cloned());
        if found.len() == before {
            return Err(OperateError::NoTable { pattern: text.clone() });
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// The rows of these tables as the snapshot sees them. Row security is not to hide any: where it would, that is an error.
///
/// # Errors
/// What the server says.
pub fn count(snapshot: &mut Snapshot, tables: &[Qualified]) -> Result<BTreeMap<String, u64>, DbError> {
    snapshot.query("SET LOCAL row_security = off")?;
    tables.iter().map(|table| Ok((table.to_string(), counted(&snapshot.query(&sql(table))?)?))).collect()
}

/// The rows of all tables of a database.
///
/// # Errors
/// What the server says.
pub fn all(connection: &mut Connection) -> Result<BTreeMap<String, u64>, OperateError> {
    connection.read_snapshot(|snapshot| {
        let tables = tables(snapshot, &[])?;
        Ok(count(snapshot, &tables)?)
    })
}

/// Where two counts are not the same, one sentence each; tables that `wanted` does not have do not matter where it is
/// `partial`.
pub fn differences(wanted: &BTreeMap<String, u64>, found: &BTreeMap<String, u64>, partial: bool) -> Vec<String> {
    let lacking = wanted.iter().filter_map(|(table, rows)| match found.get(table) {
        None => Some(format!("`{table}` is not there")),
        Some(there) if there != rows => Some(format!("`{table}` has {there} rows instead of {rows}")),
        Some(_) => None,
    });
    let more = found.keys().filter(|table| !partial && !wanted.contains_key(*table));
    lacking.chain(more.map(|table| format!("`{table}` is there as well"))).collect()
}

fn named(row: &Row) -> Result<Qualified, DbError> {
    Ok(Qualified::new(row.try_get::<_, String>(0)?, row.try_get::<_, String>(1)?))
}

fn sql(table: &Qualified) -> String {
    format!("SELECT pg_catalog.count(*) FROM ONLY {table}")
}

fn counted(rows: &[Row]) -> Result<u64, DbError> {
    let row = rows.first().ok_or_else(|| DbError::unexpected("a count without a row"))?;
    Ok(row.try_get::<_, i64>(0)?.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_held_against_each_other() {
        let counts = |list: &[(&str, u64)]| list.iter().map(|(table, rows)| ((*table).to_owned(), *rows)).collect();
        let wanted: BTreeMap<_, _> = counts(&[("a", 1), ("b", 2), ("c", 3)]);
        let found: BTreeMap<_, _> = counts(&[("a", 1), ("b", 1), ("d", 0)]);
        let both = ["`b` has 1 rows instead of 2", "`c` is not there", "`d` is there as well"];
        assert_eq!(differences(&wanted, &found, false), both);
        assert_eq!(differences(&wanted, &found, true), both[..2]);
    }
}
