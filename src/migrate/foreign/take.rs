//! Takes the history of another tool into the books.

use std::path::Path;

use serde_json::Value;

use crate::base::fault::point;
use crate::catalog::taken::of_tables;
use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::migrate::books::{self, Record};
use crate::migrate::error::MigrateError;
use crate::migrate::folder::{Migration, hash};
use crate::migrate::foreign::Tool;
use crate::migrate::foreign::error::ForeignError;
use crate::migrate::foreign::find::{History, choose, tables, usual};
use crate::migrate::foreign::folder::Folder;
use crate::migrate::foreign::matched::{Matched, left, matched};
use crate::migrate::foreign::origin::Origin;
use crate::migrate::foreign::row::{Read, Row, is_true};
use crate::migrate::session::Session;
use crate::migrate::start;

/// What is to be taken over.
pub struct Wish<'a> {
    /// None where it is to be found out.
    pub tool: Option<&'static Tool>,
    /// Its table, where it is not the usual one.
    pub table: Option<&'a str>,
    /// Where the files of the tool are, and whether somebody said so.
    pub folder: &'a Path,
    pub named: bool,
}

/// What was taken over.
#[derive(Debug)]
pub struct Taken {
    pub tool: &'static str,
    pub table: String,
    pub ids: Vec<String>,
    /// How many were on record before.
    pub known: usize,
    /// Those that have no file.
    pub textless: Vec<String>,
    /// Files that the tool has not applied.
    pub left: Vec<String>,
}

impl Session<'_> {
    /// The histories of other tools that are in the database, where they are usual, and that nobody took over yet.
    ///
    /// # Errors
    /// When the catalog or the books cannot be read.
    pub fn histories(&mut self) -> Result<Vec<History>, MigrateError> {
        let found = usual(&tables(&mut self.connection, None)?);
        let records = books::records(&mut self.connection)?;
        let is_taken = |history: &History| {
            records.iter().filter_map(|record| record.origin.as_ref()).any(|origin| origin.table == history.table.sql)
        };
        Ok(found.into_iter().filter(|history| !is_taken(history)).collect())
    }

    /// Writes down what another tool applied, and what the schema is now. What is on record already stays as it is.
    ///
    /// # Errors
    /// Where it is not clear what is meant, the history holds what is not whole, a file is not what was applied, or the
    /// database is not what the last migration was planned to lead to.
    pub fn take_over(&mut self, files: &[Migration], wish: &Wish) -> Result<Taken, MigrateError> {
        let found = tables(&mut self.connection, wish.table)?;
        let history = choose(&found, wish.tool, wish.table)?;
        let (tool, table) = (history.tool, history.table.sql.clone());
        let rows = read(&mut self.connection, &history)?;
        let folder = Folder::read(wish.folder, wish.named, files)?;
        let rows = (tool.expand)(rows, &folder);
        let times = times(&mut self.connection, &rows)?;
        let all = matched(tool, rows, &times, &folder);
        let differ: Vec<String> = all.iter().filter_map(|one| one.differs).map(str::to_owned).collect();
        if !differ.is_empty() {
            return Err(ForeignError::Differs { tool: tool.name, paths: differ }.into());
        }
        let is_used = wish.named || all.iter().any(|one| one.script.is_some());
        let left = if is_used { left(&all, &folder) } else { Vec::new() };
        let left = left.into_iter().map(str::to_owned).collect();
        self.enter_books()?;
        let records = books::records(&mut self.connection)?;
        let origin = |one: &Matched| origin(&history, &one.row);
        let new: Vec<&Matched> = all.iter().filter(|one| !is_known(one, &origin(one), &records)).collect();
        self.leave_out(&history)?;
        let live = self.measure()?;
        // The last of them is where the database should be, unless others came behind it.
        let newest = new.last().and_then(|one| one.own).filter(|_| new.len() == all.len());
        if let Some(last) = newest.filter(|_| !records.iter().any(|record| !record.is_own() && record.in_force())) {
            start::reached(&live, last)?;
        }
        self.connection.execute("BEGIN")?;
        let mut number = None;
        for one in &new {
            number = Some(self.write(one, &origin(one))?);
        }
        point();
        self.put_down(&live, number)?;
        point();
        self.connection.execute("COMMIT")?;
        point();
        let ids = |matched: &mut dyn Iterator<Item = &&Matched>| matched.map(|one| one.id.clone()).collect();
        Ok(Taken {
            tool: tool.name,
            table,
            known: all.len() - new.len(),
            textless: ids(&mut new.iter().filter(|one| one.texts().0.is_none())),
            ids: ids(&mut new.iter()),
            left,
        })
    }

    /// Leaves its tables out of what is measured, as they will be once they are on record.
    fn leave_out(&mut self, history: &History) -> Result<(), MigrateError> {
        let tables: Vec<&str> =
            std::iter::once(&history.table).chain(&history.beside).map(|table| table.sql.as_str()).collect();
        for row in self.connection.query_with(&of_tables(&tables), &[])? {
            self.options.scope.leave.taken.insert(row.try_get(0).map_err(DbError::from)?);
        }
        Ok(())
    }

    fn write(&mut self, one: &Matched, origin: &Origin) -> Result<i64, MigrateError> {
        let (up, down) = one.texts();
        let up = up.unwrap_or_default();
        let (up_sha256, down_sha256) = (hash(up), down.map(hash));
        let name = one.id.split_once('_').map_or(one.id.as_str(), |(_, name)| name);
        let grade = one.own.and_then(|own| own.grade.as_ref());
        let losses = one.own.map(|own| own.losses.clone()).unwrap_or_default();
        let plan = one.own.and_then(|own| own.plan_sha256.as_ref());
        let (version, ticket) = (env!("CARGO_PKG_VERSION"), self.options.ticket.clone());
        let Row { by, at, seconds, .. } = &one.row;
        let told = serde_json::to_value(origin).unwrap_or_default();
        let rows = self.connection.query_with(
            include_str!("take.sql"),
            &[
                &one.id,
                &name,
                &up_sha256,
                &down_sha256,
                &up,
                &down,
                &by,
                &version,
                &ticket,
                &at,
                &seconds,
                &grade,
                &losses,
                &plan,
                &told,
            ],
        )?;
        let number = rows.first().map(|row| row.try_get(0)).transpose().map_err(DbError::from)?;
        Ok(number.ok_or_else(|| DbError::unexpected("no number for a run"))?)
    }
}

/// Its rows, unless one of them is not whole.
fn read(connection: &mut Connection, history: &History) -> Result<Vec<Row>, MigrateError> {
    let (tool, table) = (history.tool, history.table.sql.clone());
    let Read { rows, mut unfinished } = (tool.read)(&all(connection, &table, tool.order)?);
    let lock = tool.locked.zip(history.beside.first());
    if let Some((column, lock)) = lock {
        let locked =
            |row: &Value| is_true(row, column) || row.get(column).and_then(Value::as_i64).is_some_and(|n| n != 0);
        if all(connection, &lock.sql, "1")?.iter().any(locked) {
            unfinished.push(format!("{} says that a run is at work, or was cut off", lock.sql));
        }
    }
    if !unfinished.is_empty() {
        return Err(ForeignError::Unfinished { table, tool: tool.name, what: unfinished }.into());
    }
    if rows.is_empty() {
        return Err(ForeignError::Empty { table }.into());
    }
    Ok(rows)
}

/// All rows of a table. Both names come from us, or from the server, which has quoted them.
fn all(connection: &mut Connection, table: &str, order: &str) -> Result<Vec<Value>, DbError> {
    let sql = format!("SELECT pg_catalog.to_jsonb(t) FROM {table} AS t ORDER BY {order}");
    let rows = connection.query_with(&sql, &[])?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// When they ran, in fourteen digits of UTC. Where a tool writes no zone, that of the server is meant.
fn times(connection: &mut Connection, rows: &[Row]) -> Result<Vec<Option<String>>, DbError> {
    let ran: Vec<Option<&str>> = rows.iter().map(|row| row.at.as_deref()).collect();
    let sql = "SELECT pg_catalog.to_char(t.at::timestamptz AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISS') \
               FROM pg_catalog.unnest($1::text[]) WITH ORDINALITY AS t (at, place) ORDER BY t.place";
    connection.query_with(sql, &[&ran])?.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

fn origin(history: &History, row: &Row) -> Origin {
    let Row { version, name, at, by, checksum, .. } = row.clone();
    let (tool, table) = (history.tool.name.to_owned(), history.table.sql.clone());
    let beside = history.beside.iter().map(|table| table.sql.clone()).collect();
    Origin { tool, table, version, name, at, by, checksum, beside }
}

/// Whether it is on record, from an earlier time or under its name.
fn is_known(one: &Matched, origin: &Origin, records: &[Record]) -> bool {
    let is = |record: &&Record| record.id == one.id || record.origin.as_ref().is_some_and(|other| other.is(origin));
    records.iter().filter(|record| record.in_force()).any(|record| is(&record))
}
