//! What a rollback would keep, before it runs: as far as its statements say what they drop.

use std::collections::BTreeSet;

use crate::base::name::{Ident, without_public};
use crate::base::wording::counted;
use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::migrate::error::MigrateError;
use crate::migrate::kept::copy::{is_empty, key};
use crate::migrate::kept::entry::Sort;
use crate::migrate::kept::error::KeptError;
use crate::migrate::kept::named::{Named, found, named};
use crate::migrate::kept::place::Place;
use crate::migrate::kept::settings::Settings;
use crate::migrate::kept::standing::{Standing, Thing};
use crate::migrate::session::Session;
use crate::migrate::steps::{Part, Script, Unit};
use crate::observe::size::bytes as size;
use crate::sql::split::Statement;
use crate::sql::words::begins;

/// One thing that a rollback drops, and what is in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Foreseen {
    pub sort: Sort,
    /// `orders`, `orders.note`.
    pub name: String,
    pub rows: u64,
    pub bytes: u64,
    /// Whether it has rows and nothing to find them again by.
    pub no_key: bool,
}

impl Foreseen {
    /// `table orders: 3 rows, 16 kB`.
    pub fn told(&self) -> String {
        let Self { sort, name, rows, bytes, no_key } = self;
        let refused = if *no_key { ", which cannot be kept: the table has no key that stays" } else { "" };
        let rows = counted(usize::try_from(*rows).unwrap_or(usize::MAX), "row");
        format!("{} {name}: {rows}, {}{refused}", sort.word(), size(*bytes))
    }
}

/// Looks at one thing that goes, with the columns of the same table that go with it.
type Look<'a, T> = dyn FnMut(&mut Connection, Thing, &Standing, &BTreeSet<i16>) -> Result<Option<T>, DbError> + 'a;

impl Session<'_> {
    /// What these scripts say that they drop, with the number and the size of it; positions of sequences go without saying.
    ///
    /// # Errors
    /// What the server says.
    pub fn foresee(&mut self, script: &Script) -> Result<Vec<Foreseen>, MigrateError> {
        self.look(script, &mut |connection, thing, standing, going| foresee(connection, thing, standing, going))
    }

    /// That nothing they say that they drop is without a key: before anything is dropped.
    ///
    /// # Errors
    /// `NoKey`, and what the server says.
    pub(in crate::migrate) fn is_keepable(&mut self, script: &Script) -> Result<(), MigrateError> {
        let refused = self.look(script, &mut |connection, thing, standing, going| {
            let Thing::Column(oid, number) = thing else { return Ok(None) };
            let Some(place) = Place::of(connection, oid)? else { return Ok(None) };
            if is_empty(connection, &place)? || key(connection, oid, going)?.is_some() {
                return Ok(None);
            }
            let column = standing.0.get(&oid).and_then(|relation| relation.columns.get(&number)).cloned();
            Ok(column.map(|column| KeptError::NoKey { table: without_public(&place.name.to_string()), column }))
        })?;
        refused.into_iter().next().map_or(Ok(()), |error| Err(error.into()))
    }

    /// Looks at each thing that a script says that it drops, in a transaction that changes nothing.
    fn look<T>(&mut self, script: &Script, one: &mut Look<T>) -> Result<Vec<T>, MigrateError> {
        let connection = &mut self.connection;
        connection.execute("BEGIN")?;
        let looked = look(connection, script, one);
        if !matches!(&looked, Err(error) if error.is_lost()) {
            connection.execute("ROLLBACK")?;
        }
        Ok(looked?)
    }
}

fn look<T>(connection: &mut Connection, script: &Script, one: &mut Look<T>) -> Result<Vec<T>, DbError> {
    let standing = Standing::read(connection)?;
    let mut things = BTreeSet::new();
    for unit in &script.units {
        let statements: Vec<&Statement> = match unit {
            Unit::Setting(statement) => vec![statement],
            Unit::Alone(step) => vec![&step.statement],
            Unit::Group { parts, .. } => parts.iter().map(Part::statement).collect(),
        };
        for statement in statements {
            // Names are looked for where the script would find them.
            if begins(statement.sql(), &["SET|RESET"]) {
                connection.execute(statement.sql())?;
            }
            let names: Vec<Named> = named(statement.sql());
            things.extend(found(connection, &names, &standing)?);
        }
    }
    Settings::enter(connection, script.changes_role())?;
    let mut seen = Vec::new();
    for thing in &things {
        let going = going(&things, *thing);
        let whole = matches!(thing, Thing::Column(oid, _) if things.contains(&Thing::Table(*oid)));
        if !whole {
            seen.extend(one(connection, *thing, &standing, &going)?);
        }
    }
    Ok(seen)
}

/// The columns that go together with this one.
pub(super) fn going(things: &BTreeSet<Thing>, thing: Thing) -> BTreeSet<i16> {
    let Thing::Column(oid, _) = thing else { return BTreeSet::new() };
    let columns = things.iter().filter_map(|other| match other {
        Thing::Column(of, number) if *of == oid => Some(*number),
        _ => None,
    });
    columns.collect()
}

fn foresee(
    connection: &mut Connection,
    thing: Thing,
    standing: &Standing,
    going: &BTreeSet<i16>,
) -> Result<Option<Foreseen>, DbError> {
    let (oid, column) = match thing {
        Thing::Sequence(_) => return Ok(None),
        Thing::Table(oid) => (oid, None),
        Thing::Column(oid, number) => (oid, standing.0.get(&oid).and_then(|relation| relation.columns.get(&number))),
    };
    let Some(place) = Place::of(connection, oid)? else { return Ok(None) };
    let table = without_public(&place.name.to_string());
    let (sort, name, measured) = match column {
        None => (Sort::Table, table, "pg_catalog.pg_table_size($1::oid)".to_owned()),
        Some(column) => {
            let column = Ident::new(column.as_str());
            let sum = format!(
                "coalesce(pg_catalog.sum(pg_catalog.pg_column_size({column})), 0)::bigint + 0 * $1::oid::bigint"
            );
            (Sort::Column, format!("{table}.{column}"), sum)
        }
    };
    let sql = format!("SELECT pg_catalog.count(*), {measured} FROM {}", place.sql());
    let rows = connection.query_with(&sql, &[&oid])?;
    let counts = rows.first().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).transpose();
    let (rows, bytes): (i64, i64) = counts.map_err(|error: postgres::Error| DbError::from(error))?.unwrap_or_default();
    if rows == 0 {
        return Ok(None);
    }
    let no_key = sort == Sort::Column && key(connection, oid, going)?.is_none();
    let count = |number: i64| u64::try_from(number).unwrap_or_default();
    Ok(Some(Foreseen { sort, name, rows: count(rows), bytes: count(bytes), no_key }))
}
