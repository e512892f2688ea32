//! Writes changed rows over those that are there: a new one is inserted, one with the same key gets what was written.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::base::fault::point;
use crate::base::name::{Ident, literal};
use crate::db::connection::{Canceller, Connection, connect};
use crate::db::row::decode;
use crate::db::url::ConnectionString;
use crate::operate::backup::load::Load;
use crate::operate::backup::since::tables::listed;
use crate::operate::backup::since::{Since, Table};
use crate::operate::error::OperateError;

/// What the rows are copied into first.
const BESIDE: &str = "pg_temp.pgplumb_changed";

/// What became of the rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Merged {
    /// Inserted, or put over those with the same key.
    pub written: u64,
    /// Those of which the database has a newer one, or the same.
    pub left: u64,
}

/// Merges all tables in one transaction, those that others refer to first. Triggers fire as for any other program that writes.
/// `at_work` is given what cancels its statements.
///
/// # Errors
/// `Damaged`, `NotChanges`, `NoTable`; what the server says, and then nothing was written.
pub fn merge(to: &ConnectionString, load: &Load, at_work: &mut dyn FnMut(Canceller)) -> Result<Merged, OperateError> {
    let manifest = &load.backup.manifest;
    let Some(since) = &manifest.since else {
        return Err(OperateError::NotChanges { name: manifest.name.clone() });
    };
    load.backup.check()?;
    let mut connection = connect(to)?;
    at_work(connection.canceller());
    connection.execute("BEGIN; SET LOCAL row_security = off; SET CONSTRAINTS ALL DEFERRED")?;
    let mut merged = Merged::default();
    // What fails ends the session, and with it the transaction.
    for name in order(&mut connection, since)? {
        let Some(table) = since.tables.get(&name) else { continue };
        let made = format!(
            "CREATE TEMP TABLE pgplumb_changed ON COMMIT DROP AS SELECT {} FROM {name} WITH NO DATA",
            listed(&table.columns)
        );
        connection.execute(&made)?;
        point();
        let rows = load.copy_into(&mut connection, BESIDE, table)?;
        load.unless_stopped()?;
        let written = connection.change(&over(&name, table))?;
        point();
        merged.written += written;
        merged.left += rows.saturating_sub(written);
        connection.execute(&format!("DROP TABLE {BESIDE}"))?;
    }
    load.unless_stopped()?;
    connection.execute("COMMIT")?;
    point();
    Ok(merged)
}

/// The statement for one table. What is newer there is not put back to what it was.
fn over(name: &str, table: &Table) -> String {
    let (columns, key) = (listed(&table.columns), listed(&table.key));
    let free = |column: &&String| !table.key.contains(column) && !table.fixed.contains(column);
    let set: Vec<String> = table
        .columns
        .iter()
        .filter(free)
        .map(|column| {
            let column = Ident::new(column);
            format!("{column} = excluded.{column}")
        })
        .collect();
    let changed = Ident::new(&table.column);
    let then = if set.is_empty() {
        "NOTHING".to_owned()
    } else {
        format!("UPDATE SET {} WHERE there.{changed} IS NULL OR excluded.{changed} >= there.{changed}", set.join(", "))
    };
    format!(
        "INSERT INTO {name} AS there ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM {BESIDE} \
         ON CONFLICT ({key}) DO {then}"
    )
}

#[derive(Deserialize)]
struct Key {
    from: String,
    to: String,
}

/// The tables, with those first that others refer to; of a circle whichever is left, as its keys may be deferred.
fn order(connection: &mut Connection, since: &Since) -> Result<Vec<String>, OperateError> {
    let mut names = BTreeMap::new();
    for name in since.tables.keys() {
        let there = connection.query_text(&format!("SELECT pg_catalog.to_regclass({})::oid::text", literal(name)))?;
        let oid = there.ok_or_else(|| OperateError::NoTable { pattern: name.clone() })?;
        names.insert(oid, name.clone());
    }
    let sql = "SELECT DISTINCT conrelid::oid::text AS from, confrelid::oid::text AS to FROM pg_catalog.pg_constraint \
               WHERE contype = 'f' AND conrelid <> confrelid";
    let keys = connection.query_with(sql, &[])?.iter().map(decode).collect::<Result<Vec<Key>, _>>()?;
    let mut left: BTreeSet<&String> = names.keys().collect();
    let mut found = Vec::new();
    while let Some(first) = left.first().copied() {
        let waits = |oid: &String| keys.iter().any(|key| key.from == *oid && left.contains(&key.to));
        let next = left.iter().copied().find(|oid| !waits(oid)).unwrap_or(first);
        left.remove(next);
        found.extend(names.get(next).cloned());
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_identities_are_not_updated() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let table = |columns: &[&str]| Table {
            file: String::new(),
            column: "at".to_owned(),
            kind: "date".to_owned(),
            columns: names(columns),
            key: names(&["id"]),
            fixed: names(&["n"]),
        };
        let sql = over("public.t", &table(&["id", "n", "at", "Odd \"name\""]));
        let set =
            "ON CONFLICT (id) DO UPDATE SET at = excluded.at, \"Odd \"\"name\"\"\" = excluded.\"Odd \"\"name\"\"\"";
        assert!(sql.contains(set), "{sql}");
        assert!(sql.ends_with(" WHERE there.at IS NULL OR excluded.at >= there.at"), "{sql}");
        assert!(over("public.t", &table(&["id"])).ends_with("ON CONFLICT (id) DO NOTHING"));
    }
}
