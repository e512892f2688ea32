//! One row in every table that a plan changes, so that the proof can see whether rows survive.
//!
//! Every value is the same for every column of a type (`1`, `'a'`, one UUID), so that the rows of two tables fit each
//! other's foreign keys, and with one row a table no unique constraint can fail. A table whose checks refuse that row
//! stays empty, which is said.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::name::{Ident, literal};
use crate::catalog::Catalog;
use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::kind::facts::Facts;
use crate::kind::key::{Attached, Child};
use crate::kind::table::column::Column;
use crate::kind::table::{columns, table_key};
use crate::kind::{Body, Key};

/// What was put into which table.
#[derive(Clone, Debug, Default)]
pub struct Seeds {
    /// The row of each seeded table, as `to_jsonb` prints it.
    pub rows: BTreeMap<Key, serde_json::Value>,
    /// Tables that took no row, with what Postgres said.
    pub refused: BTreeMap<Key, String>,
}

/// Puts a row into each of these tables and into those that they refer to, in either state.
///
/// # Errors
/// Only when the connection is lost: a refused row is a result.
pub fn seed(
    connection: &mut Connection,
    live: &Catalog,
    desired: &Catalog,
    tables: &BTreeSet<Key>,
) -> Result<Seeds, DbError> {
    let mut seeds = Seeds::default();
    connection.execute("SET session_replication_role = replica")?;
    for table in with_referenced(live, desired, tables) {
        let Some(Body::Table(body)) = live.facts.get(&table) else { continue };
        if body.partition_by.is_some() {
            continue;
        }
        match insert(connection, live, desired, &table) {
            Ok(Some(row)) => {
                seeds.rows.insert(table, row);
            }
            Ok(None) => {}
            Err(error) if error.is_lost() => return Err(error),
            // A trigger that fires always may have put one there, as that of a table built beside does.
            Err(error) => match row_of(connection, &table)? {
                Some(row) => drop(seeds.rows.insert(table, row)),
                None => drop(seeds.refused.insert(table, error.to_string())),
            },
        }
    }
    connection.execute("RESET session_replication_role")?;
    Ok(seeds)
}

/// Takes the rows away again, from the tables that are still there.
///
/// # Errors
/// What the server says, or that it went away.
pub fn empty(connection: &mut Connection, seeds: &Seeds) -> Result<(), DbError> {
    connection.execute("SET session_replication_role = replica")?;
    for table in seeds.rows.keys() {
        let here = format!("SELECT pg_catalog.to_regclass({})::pg_catalog.text", literal(&table.sql()));
        if connection.query_text(&here)?.is_some() {
            // Not TRUNCATE, which looks like a rewrite.
            connection.execute(&format!("DELETE FROM ONLY {}", table.sql()))?;
        }
    }
    connection.execute("RESET session_replication_role")
}

/// The row of a table now, or none when it is not there any more.
pub fn row_of(connection: &mut Connection, table: &Key) -> Result<Option<serde_json::Value>, DbError> {
    let sql = format!("SELECT pg_catalog.to_jsonb(t)::pg_catalog.text FROM ONLY {} AS t LIMIT 1", table.sql());
    let text = connection.query_text(&sql)?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

fn with_referenced(live: &Catalog, desired: &Catalog, tables: &BTreeSet<Key>) -> BTreeSet<Key> {
    let mut all = BTreeSet::new();
    let mut open: Vec<Key> = tables.iter().cloned().collect();
    while let Some(table) = open.pop() {
        if !live.facts.contains(&table) || !all.insert(table.clone()) {
            continue;
        }
        for facts in [&live.facts, &desired.facts] {
            open.extend(referenced(facts, &table));
        }
    }
    all
}

fn referenced<'a>(facts: &'a Facts, table: &'a Key) -> impl Iterator<Item = Key> + 'a {
    facts.standing_on(table).filter_map(|(_, body)| match body {
        Body::Constraint(constraint) => {
            let (schema, name) = constraint.references_schema.as_ref().zip(constraint.references_name.as_ref())?;
            Some(table_key(schema.as_str(), name.as_str()))
        }
        _ => None,
    })
}

/// Tries a row with every column filled, then one with only what must be.
fn insert(
    connection: &mut Connection,
    live: &Catalog,
    desired: &Catalog,
    table: &Key,
) -> Result<Option<serde_json::Value>, DbError> {
    let mut refused = None;
    for full in [true, false] {
        let mut names = Vec::new();
        let mut values = Vec::new();
        for (key, column) in columns(&live.facts, table) {
            if column.generated.is_some() || !(full || needed(key, column, desired)) {
                continue;
            }
            if let Some(value) = value(key, column, &live.facts) {
                names.push(Ident::new(key.name()).to_string());
                values.push(value);
            }
        }
        let sql = if names.is_empty() {
            format!("INSERT INTO {} DEFAULT VALUES", table.sql())
        } else {
            let (names, values) = (names.join(", "), values.join(", "));
            format!("INSERT INTO {} ({names}) OVERRIDING SYSTEM VALUE VALUES ({values})", table.sql())
        };
        match connection.execute(&sql) {
            Ok(()) => return row_of(connection, table),
            Err(error) if error.is_lost() => return Err(error),
            Err(error) => refused = Some(error),
        }
    }
    refused.map_or(Ok(None), Err)
}

/// Whether the column must have a value in either state.
fn needed(key: &Key, column: &Column, desired: &Catalog) -> bool {
    let then = matches!(desired.facts.get(key), Some(Body::Column(to)) if to.not_null);
    column.not_null || then
}

/// The value of a column, by its type; none leaves it to its default.
fn value(key: &Key, column: &Column, facts: &Facts) -> Option<String> {
    let default = Key::Default(Attached::new(key.clone()));
    let name = column.type_name.as_str();
    let literal = match name.split(['(', '[']).next().unwrap_or_default() {
        _ if name.ends_with("[]") => "{}",
        "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision" | "money" | "oid" => "1",
        "text" | "character varying" | "character" | "name" | "\"char\"" => "a",
        "boolean" => "true",
        "date" | "timestamp without time zone" | "timestamp with time zone" => "2024-01-01",
        "timestamp" => "2024-01-01",
        "time without time zone" | "time with time zone" | "time" => "00:00",
        "interval" => "1 day",
        "uuid" => "00000000-0000-4000-8000-000000000001",
        "json" | "jsonb" => "{}",
        "bytea" => "\\x01",
        "inet" | "cidr" => "127.0.0.1",
        "bit" | "bit varying" => "1",
        "xml" => "<a/>",
        "tsvector" | "tsquery" => "a",
        "point" => "(0,0)",
        range if range.ends_with("range") => "empty",
        _ => return of_own_type(name, facts).or_else(|| facts.contains(&default).then(|| "DEFAULT".to_owned())),
    };
    Some(format!("'{literal}'"))
}

/// A value of an enum, or of a domain over a type that has one.
fn of_own_type(name: &str, facts: &Facts) -> Option<String> {
    facts.iter().find(|(key, _)| matches!(key, Key::Enum(_) | Key::Domain(_)) && key.sql() == name).and_then(
        |(key, body)| match body {
            Body::Enum(body) => Some(literal(body.labels.first()?)),
            Body::Domain(body) => {
                let column = Column::of_type(&body.base_type);
                value(&Key::Column(Child::new(key.clone(), "value")), &column, facts)
            }
            _ => None,
        },
    )
}
