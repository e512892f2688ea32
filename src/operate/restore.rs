//! Puts a backup back: into an empty database, into a new one, or into a new one that takes the place of the old.
//!
//! Nothing is ever put over something that is there.

mod carry;
mod swap;

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::base::fault::point;
use crate::base::name::{Ident, literal};
use crate::db::connection::{Connection, connect};
use crate::db::url::ConnectionString;
use crate::operate::backup::Kind;
use crate::operate::backup::load::{Load, SCHEMA_IS};
use crate::operate::backup::manifest::Manifest;
use crate::operate::backup::shelf::Backup;
use crate::operate::error::OperateError;
use crate::scratch::database::ScratchDb;
use crate::scratch::error::ScratchError;
use crate::scratch::target::Target;
use crate::scratch::{Options, Scratch};

/// Where it goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// The database itself, which is to be empty; for rows alone, the tables are.
    Itself,
    /// A new database of this name.
    New(String),
    /// A new one that takes the place of the old, which is kept under another name.
    Swap,
}

/// What was done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Done {
    pub database: String,
    /// The name of what was there before.
    pub kept: Option<String>,
}

/// # Errors
/// `NotEmpty`, `RowsThere`, `Damaged`; what `pg_restore` says; `Differs` where what was restored is not what was dumped, and
/// then nothing has taken anything's place.
pub fn restore(to: &ConnectionString, load: &Load, place: &Place) -> Result<Done, OperateError> {
    let manifest = &load.backup.manifest;
    only_whole(load.backup)?;
    let whole = match place {
        Place::Itself => true,
        Place::New(_) => !manifest.partial,
        Place::Swap => manifest.kind == Kind::Full,
    };
    if !whole {
        return Err(OperateError::NotWhole { name: manifest.name.clone() });
    }
    load.backup.check()?;
    let mut connection = connect(to)?;
    match place {
        Place::Itself => itself(&mut connection, to, load),
        Place::New(name) => {
            let new = beside(&mut connection, to, load, Some(name))?;
            point();
            let (made, named) = (Ident::new(new.name()), Ident::new(name));
            // The comment says whose it is until then.
            connection.execute(&format!(
                "BEGIN; COMMENT ON DATABASE {made} IS NULL; ALTER DATABASE {made} RENAME TO {named}; COMMIT"
            ))?;
            point();
            Ok(Done { database: name.clone(), kept: None })
        }
        Place::Swap => {
            let now = Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
            let old = swap::free(&mut connection, to.database(), &format!("_old_{now}"))?;
            let new = beside(&mut connection, to, load, None)?;
            carry::carry(&mut connection, new.name())?;
            drop(connection);
            point();
            load.unless_stopped()?;
            swap::swap(to, new.name(), &old)?;
            point();
            Ok(Done { database: to.database().to_owned(), kept: Some(old) })
        }
    }
}

/// That it is one that can stand by itself.
///
/// # Errors
/// `OnlyChanges`.
pub fn only_whole(backup: &Backup) -> Result<(), OperateError> {
    let Manifest { name, since, .. } = &backup.manifest;
    let since = since.as_ref().map(|since| since.at.clone());
    since.map_or(Ok(()), |since| Err(OperateError::OnlyChanges { name: name.clone(), since }))
}

fn itself(connection: &mut Connection, to: &ConnectionString, load: &Load) -> Result<Done, OperateError> {
    let manifest = &load.backup.manifest;
    let rows_alone = manifest.kind == Kind::Data;
    alone(connection, to)?;
    if rows_alone && has_audit(connection)? {
        // One that was cut off left them off.
        triggers(connection, "ENABLE")?;
    }
    if rows_alone {
        no_rows(connection, to, load)?
    } else {
        empty(connection, to, load)?
    }
    let superuser = "SELECT rolsuper::text FROM pg_catalog.pg_roles WHERE rolname = current_user";
    let superuser = connection.query_text(superuser)?.as_deref() == Some("true");
    // Only a superuser can have all triggers off; those of the books would write into the audit what it gets back.
    let books = rows_alone && !superuser && has_audit(connection)?;
    if books {
        triggers(connection, "DISABLE")?;
    }
    point();
    let loaded = load.at_once(to, rows_alone && superuser);
    point();
    if books {
        triggers(connection, "ENABLE")?;
    }
    point();
    loaded?;
    let mut differences = load.differences(to)?;
    if rows_alone {
        // The schema may have changed since; what counts is that the rows fit.
        differences.retain(|difference| !difference.starts_with(SCHEMA_IS));
    }
    found(differences, "it is in the database all the same: empty that, or drop it".to_owned())?;
    Ok(Done { database: to.database().to_owned(), kept: None })
}

fn has_audit(connection: &mut Connection) -> Result<bool, OperateError> {
    let sql = "SELECT pg_catalog.to_regclass('pgplumb.audit')::text";
    Ok(connection.query_text(sql)?.is_some())
}

/// Nobody else is restoring into it: a program that a killed run left alone may be.
///
/// # Errors
/// `RestoreAtWork`.
fn alone(connection: &mut Connection, to: &ConnectionString) -> Result<(), OperateError> {
    let sql = "SELECT pid FROM pg_catalog.pg_stat_activity \
               WHERE datname = pg_catalog.current_database() AND application_name = 'pg_restore'";
    let rows = connection.query_with(sql, &[])?;
    let Some(row) = rows.first() else { return Ok(()) };
    let pid = row.try_get(0).map_err(crate::db::error::DbError::from)?;
    Err(OperateError::RestoreAtWork { database: to.database().to_owned(), pid })
}

/// Switches the triggers that write the audit off, or on again, where they are not so already.
fn triggers(connection: &mut Connection, how: &str) -> Result<(), OperateError> {
    let is_on = if how == "DISABLE" { "<>" } else { "=" };
    for table in ["history", "repair", "seed"] {
        // Books of an older version have no seeds.
        let there = format!(
            "SELECT 'there' FROM pg_catalog.pg_trigger WHERE tgrelid = pg_catalog.to_regclass('pgplumb.{table}') \
             AND NOT tgisinternal AND tgenabled {is_on} 'D' LIMIT 1"
        );
        if connection.query_text(&there)?.is_some() {
            connection.execute(&format!("ALTER TABLE pgplumb.{table} {how} TRIGGER USER"))?;
        }
    }
    Ok(())
}

/// # Errors
/// `NotEmpty`.
fn empty(connection: &mut Connection, to: &ConnectionString, load: &Load) -> Result<(), OperateError> {
    let rows = connection.query_with(include_str!("contents.sql"), &[])?;
    let found = rows.iter().map(|row| row.try_get(0)).collect::<Result<Vec<String>, _>>();
    let found = found.map_err(crate::db::error::DbError::from)?;
    if found.is_empty() {
        return Ok(());
    }
    Err(OperateError::NotEmpty { database: to.database().to_owned(), found, same: load.is_there(to) })
}

/// # Errors
/// `RowsThere`; or that a table is not there.
fn no_rows(connection: &mut Connection, to: &ConnectionString, load: &Load) -> Result<(), OperateError> {
    let mut tables = Vec::new();
    for (table, rows) in &load.backup.manifest.rows {
        // One that had none gets none.
        let sql = format!("SELECT EXISTS (SELECT FROM ONLY {table})::text");
        if *rows > 0 && connection.query_text(&sql)?.as_deref() == Some("true") {
            tables.push(table.clone());
        }
    }
    if tables.is_empty() { Ok(()) } else { Err(OperateError::RowsThere { tables, same: load.is_there(to) }) }
}

/// Into a new database, which is scratch, and gone where that fails or is cut off, until it gets a name.
fn beside(
    connection: &mut Connection,
    to: &ConnectionString,
    load: &Load,
    name: Option<&str>,
) -> Result<ScratchDb, OperateError> {
    if let Some(name) = name {
        let there = format!("SELECT datname::text FROM pg_catalog.pg_database WHERE datname = {}", literal(name));
        if connection.query_text(&there)?.is_some() {
            let same = load.is_there(&to.with_database(name));
            return Err(OperateError::DatabaseExists { name: name.to_owned(), same });
        }
    }
    let target = Target {
        connection: to.clone(),
        version: connection.version(),
        locale: load.backup.manifest.locale.clone(),
        roles: BTreeMap::new(),
        settings: BTreeMap::new(),
        libraries: Vec::new(),
    };
    let server = Scratch::start(&Options { given: Some(to.clone()), target: Some(&target), major: None });
    let new = server.and_then(|server| server.database("restore")).map_err(|error| match error {
        ScratchError::NoRight { user, server } => OperateError::NoCreate { user, server },
        error => error.into(),
    })?;
    point();
    load.whole(new.place())?;
    point();
    load.unless_stopped()?;
    found(
        load.differences(new.place())?,
        "nothing has taken its place; the backup may be of another version".to_owned(),
    )?;
    load.unless_stopped()?;
    Ok(new)
}

fn found(differences: Vec<String>, help: String) -> Result<(), OperateError> {
    if differences.is_empty() { Ok(()) } else { Err(OperateError::Differs { differences, help }) }
}
