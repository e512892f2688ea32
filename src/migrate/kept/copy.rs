//! Copies one thing into the schema of kept rows, and proves that the copy gives back what it was made of.

use std::collections::BTreeSet;

use crate::base::name::{Ident, Qualified, with_suffix, without_public};
use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::migrate::kept::entry::{Sort, seal};
use crate::migrate::kept::error::KeptError;
use crate::migrate::kept::place::{Place, list, text_of, texts};
use crate::migrate::kept::prove::checksum;
use crate::migrate::kept::standing::{Relation, Thing};
use crate::source::leave::KEPT;

/// Whose rollback it is.
#[derive(Clone, Debug)]
pub(super) struct Whose {
    pub migration: String,
    pub run: i64,
    pub host: Option<String>,
}

/// What is written of a copy.
struct Copied<'a> {
    sort: Sort,
    place: &'a Place,
    column: Option<&'a str>,
    key: Vec<String>,
    columns: Vec<String>,
}

/// Keeps one thing; the number of its entry, or none where there is nothing in it. `going` are the columns of the same table
/// that are dropped together.
pub(super) fn keep(
    connection: &mut Connection,
    whose: &Whose,
    thing: Thing,
    relation: &Relation,
    going: &BTreeSet<i16>,
) -> Result<Option<i64>, KeptError> {
    match thing {
        Thing::Sequence(oid) => sequence(connection, whose, oid, &relation.name),
        Thing::Table(oid) => {
            let Some(place) = Place::of(connection, oid)?.filter(|place| !place.columns.is_empty()) else {
                return Ok(None);
            };
            if is_empty(connection, &place)? {
                return Ok(None);
            }
            let columns = place.columns.iter().map(|column| column.name.clone()).collect();
            let copied = Copied { sort: Sort::Table, place: &place, column: None, key: Vec::new(), columns };
            copy(connection, whose, &copied).map(Some)
        }
        Thing::Column(oid, number) => {
            let Some(place) = Place::of(connection, oid)? else { return Ok(None) };
            let Some(column) = relation.columns.get(&number) else { return Ok(None) };
            if is_empty(connection, &place)? {
                return Ok(None);
            }
            let key = key(connection, oid, going)?.ok_or_else(|| KeptError::NoKey {
                table: without_public(&place.name.to_string()),
                column: column.clone(),
            })?;
            let columns = key.iter().chain([column]).cloned().collect();
            let copied = Copied { sort: Sort::Column, place: &place, column: Some(column), key, columns };
            copy(connection, whose, &copied).map(Some)
        }
    }
}

/// By what the rows of a table are found again, when these of its columns are gone.
pub(super) fn key(
    connection: &mut Connection,
    oid: u32,
    going: &BTreeSet<i16>,
) -> Result<Option<Vec<String>>, DbError> {
    let going: Vec<i16> = going.iter().copied().collect();
    let rows = connection.query_with(include_str!("key.sql"), &[&oid, &going])?;
    Ok(rows.first().map(|row| row.try_get(0)).transpose()?)
}

pub(super) fn is_empty(connection: &mut Connection, place: &Place) -> Result<bool, DbError> {
    let rows = connection.query_with(&format!("SELECT FROM {} LIMIT 1", place.sql()), &[])?;
    Ok(rows.is_empty())
}

fn copy(connection: &mut Connection, whose: &Whose, copied: &Copied) -> Result<i64, KeptError> {
    let place = copied.place;
    let columns: Vec<&str> = copied.columns.iter().map(String::as_str).collect();
    let number = connection.query_with("SELECT pg_catalog.nextval('pgplumb_kept.manifest_id_seq')", &[])?;
    let number: i64 = number.first().map(|row| row.try_get(0)).transpose().map_err(DbError::from)?.unwrap_or_default();
    let name = copy_name(place.name.name.as_str(), copied.column, number);
    let to = Qualified::new(KEPT, name.as_str());
    let texts = texts(&columns);
    connection.execute(&format!("CREATE TABLE {to} AS SELECT {texts} FROM {}", place.sql()))?;
    seal(connection, KEPT, Some(&name))?;
    let (rows, sum) = checksum(connection, &format!("(SELECT {texts} FROM {}) AS t", place.sql()), &columns)?;
    let back = (rows, sum.clone());
    if checksum(connection, &read_back(place, &columns, &to), &columns).map_err(|error| not_text(place, error))? != back
    {
        let why = "some of its values are others once they have been text".to_owned();
        return Err(KeptError::NotAsText { relation: without_public(&place.name.to_string()), why });
    }
    let root = "SELECT n.nspname::text, c.relname::text FROM pg_catalog.pg_class AS c \
                JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
                WHERE c.oid = pg_catalog.pg_partition_root($1::oid) AND c.oid <> $1::oid";
    let root = connection.query_with(root, &[&place.oid])?;
    let root: Option<(String, String)> = root
        .first()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .transpose()
        .map_err(|error: postgres::Error| DbError::from(error))?;
    let (root_schema, root_name) = root.unzip();
    let sql = "INSERT INTO pgplumb_kept.manifest (id, migration, run, sort, schema_name, name, column_name, root_schema, \
               root_name, key, columns, rows, checksum, copy, kept_from, tool_version) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    let (schema, table, version) = (place.name.schema.as_str(), place.name.name.as_str(), env!("CARGO_PKG_VERSION"));
    connection.query_with(
        sql,
        &[
            &number,
            &whose.migration,
            &whose.run,
            &copied.sort.word(),
            &schema,
            &table,
            &copied.column,
            &root_schema,
            &root_name,
            &copied.key,
            &copied.columns,
            &rows,
            &sum,
            &name,
            &whose.host,
            &version,
        ],
    )?;
    Ok(number)
}

/// What the copy gives once its values are of their types again, as text.
fn read_back(place: &Place, columns: &[&str], copy: &Qualified) -> String {
    let typed = |name: &&str| {
        let type_name = place.column(name).map_or("text", |column| column.type_name.as_str());
        let name = Ident::new(*name);
        format!("({name})::{type_name} AS {name}")
    };
    let typed: Vec<String> = columns.iter().map(typed).collect();
    format!("(SELECT {} FROM (SELECT {} FROM {copy} OFFSET 0) AS typed) AS t", texts(columns), typed.join(", "))
}

fn not_text(place: &Place, error: DbError) -> KeptError {
    match error.sqlstate() {
        // The transaction is to be tried again, or cannot be.
        Some(state) if ["22", "23", "42", "0A"].iter().any(|class| state.starts_with(class)) => {
            let why = format!("their text does not become what it was of (SQLSTATE {state})");
            KeptError::NotAsText { relation: without_public(&place.name.to_string()), why }
        }
        _ => error.into(),
    }
}

/// A position counts where a value was handed out.
fn sequence(connection: &mut Connection, whose: &Whose, oid: u32, name: &Qualified) -> Result<Option<i64>, KeptError> {
    let rows = connection.query_with(&format!("SELECT last_value, is_called FROM {name}"), &[])?;
    let position = rows.first().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).transpose();
    let Some((last, called)): Option<(i64, bool)> = position.map_err(|error: postgres::Error| DbError::from(error))?
    else {
        return Ok(None);
    };
    if !called {
        return Ok(None);
    }
    let owner = connection.query_with(include_str!("sequence.sql"), &[&oid])?;
    let owner = owner.first().map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))).transpose();
    let owner: Option<(Option<String>, Option<String>, Option<String>)> =
        owner.map_err(|error: postgres::Error| DbError::from(error))?;
    let (owner_schema, owner_name, column) = owner.unwrap_or_default();
    let sql = "INSERT INTO pgplumb_kept.manifest (migration, run, sort, schema_name, name, column_name, owner_schema, \
               owner_name, last_value, is_called, kept_from, tool_version) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id";
    let (schema, sequence, version) = (name.schema.as_str(), name.name.as_str(), env!("CARGO_PKG_VERSION"));
    let rows = connection.query_with(
        sql,
        &[
            &whose.migration,
            &whose.run,
            &Sort::Sequence.word(),
            &schema,
            &sequence,
            &column,
            &owner_schema,
            &owner_name,
            &last,
            &called,
            &whose.host,
            &version,
        ],
    )?;
    Ok(rows.first().map(|row| row.try_get(0)).transpose().map_err(DbError::from)?)
}

/// `orders_note_7`, as long as a name may be.
fn copy_name(table: &str, column: Option<&str>, number: i64) -> String {
    let name = column.map_or_else(|| table.to_owned(), |column| format!("{table}_{column}"));
    with_suffix(&name, &format!("_{number}"))
}

/// The text of one value of a row, for whoever compares it.
pub(super) fn value(alias: &str, column: &str) -> String {
    text_of(&format!("{alias}.{}", Ident::new(column)))
}

/// The columns of a copy.
pub(super) fn columns(names: &[String]) -> (Vec<&str>, String) {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let listed = list(&names);
    (names, listed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::name::MAX_IDENT_BYTES;

    #[test]
    fn a_copy_has_a_name_that_postgres_keeps() {
        assert_eq!(copy_name("orders", Some("note"), 7), "orders_note_7");
        let long = copy_name(&"ä".repeat(31), Some("note"), 1234);
        assert!(long.len() <= MAX_IDENT_BYTES && long.ends_with("_1234"), "{long}");
    }
}
