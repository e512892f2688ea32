//! A folder of migrations, replayed: each `<UTC time>_<name>/up.sql` in order, as psql would run it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use miette::NamedSource;

use crate::catalog::Catalog;
use crate::catalog::read::read;
use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::scratch::Scratch;
use crate::scratch::database::ScratchDb;
use crate::source::cut_off;
use crate::source::error::SourceError;
use crate::source::files::collect::read as read_text;
use crate::source::owned::drop_owners;
use crate::source::role;
use crate::sql::split::{Class, Statement, split};
use crate::sql::words::begins;

/// The digits of a UTC time, `yyyymmddhhmmss`.
const TIME_DIGITS: usize = 14;

/// What the migrations lead to.
pub struct Replayed {
    pub catalog: Catalog,
    pub db: ScratchDb,
    /// How many were run.
    pub count: usize,
    /// The major version of the server that they ran on.
    pub major: u32,
}

/// Whether this folder holds migrations.
pub fn is_folder(path: &Path) -> bool {
    listed(path).is_ok_and(|found| !found.is_empty())
}

/// The migrations of a folder in the order in which they run. Other folders and files in it are none of our business.
///
/// # Errors
/// When the folder cannot be read, or some of them were being moved.
pub fn migrations(folder: &Path) -> Result<Vec<PathBuf>, SourceError> {
    cut_off::refused(folder)?;
    listed(folder)
}

fn listed(folder: &Path) -> Result<Vec<PathBuf>, SourceError> {
    let unreadable = |cause| SourceError::Unreadable { path: folder.to_owned(), cause };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let digits = name.bytes().take_while(u8::is_ascii_digit).count();
        if digits == TIME_DIGITS && name.as_bytes().get(digits) == Some(&b'_') && path.join("up.sql").is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Runs them all, or those before one, on a new scratch database and reads what comes out. No migrations at all lead to an
/// empty database.
///
/// # Errors
/// When one does not run, with its place in the file.
pub fn replay(folder: &Path, before: Option<&str>, scratch: &Scratch) -> Result<Replayed, SourceError> {
    let mut migrations = if folder.exists() { migrations(folder)? } else { Vec::new() };
    let is_before = |path: &PathBuf| before.is_none_or(|id| path.file_name().is_some_and(|name| name < id));
    migrations.retain(is_before);
    let db = scratch.database("replay")?;
    let mut roles = Vec::new();
    for migration in &migrations {
        let file = read_text(&migration.join("up.sql"))?;
        // A session of its own, as psql has for each file: what one sets must not reach the next.
        play(&split(&file), false, &mut db.connect()?, scratch, &mut roles)?;
    }
    let mut connection = db.connect()?;
    let major = connection.version().major();
    let mut catalog = read(&mut connection)?;
    drop_owners(&mut catalog, db.loader());
    Ok(Replayed { catalog, db, count: migrations.len(), major })
}

/// One file, statement by statement, in a transaction where its tool wraps it in one. A role that is missing is made
/// where that is ours to do; the transaction that it was missing in is run again from its start.
///
/// # Errors
/// `SourceError::Migration` with the statement that the server does not take; what it says of anything else.
pub fn play(
    statements: &[Statement],
    in_transaction: bool,
    connection: &mut Connection,
    scratch: &Scratch,
    roles: &mut Vec<String>,
) -> Result<(), SourceError> {
    let wrapped = in_transaction && !statements.iter().any(|statement| begins(statement.sql(), &["BEGIN|START"]));
    let (mut at, mut begin) = (0, wrapped.then_some(0));
    if wrapped {
        connection.execute("BEGIN")?;
    }
    while let Some(statement) = statements.get(at) {
        let sql = statement.sql();
        if statement.class == Class::Meta || begins(sql, &["COPY"]) {
            at += 1;
            continue;
        }
        match connection.execute(sql) {
            Ok(()) if begins(sql, &["BEGIN|START"]) => begin = Some(at),
            Ok(()) if begins(sql, &["COMMIT|END|ROLLBACK|ABORT"]) => begin = None,
            Ok(()) => {}
            Err(error) if role::provide(&error, scratch, roles)? => {
                if let Some(begin) = begin {
                    connection.execute("ROLLBACK")?;
                    if wrapped {
                        connection.execute("BEGIN")?;
                    }
                    at = begin;
                }
                continue;
            }
            Err(error) => return Err(failed(statement, error)),
        }
        at += 1;
    }
    if wrapped {
        connection.execute("COMMIT")?;
    }
    Ok(())
}

fn failed(statement: &Statement, error: DbError) -> SourceError {
    let DbError::Statement { sqlstate, message, detail, hint, position, .. } = error else { return error.into() };
    let (sql, file) = (statement.sql(), &statement.file);
    let before = position.and_then(|position| usize::try_from(position).ok()?.checked_sub(1));
    let inside = before.and_then(|before| sql.char_indices().nth(before)).map_or(0, |(at, _)| at);
    let rest = &sql[inside..];
    let length = rest.find(|c: char| c.is_whitespace() || c == ';').unwrap_or(rest.len());
    let path = Path::new(&file.path);
    let of_pair = path.file_name().is_some_and(|name| name == "up.sql" || name == "down.sql");
    let name = if of_pair { path.parent().and_then(Path::file_name) } else { path.file_stem() };
    SourceError::Migration {
        migration: name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        said: detail.map_or(message.clone(), |detail| format!("{message}: {detail}")),
        text: NamedSource::new(&file.path, Arc::clone(&file.text)).with_language("sql"),
        at: (statement.span.start + inside, length).into(),
        sqlstate,
        help: hint,
    }
}
