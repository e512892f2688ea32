//! How a run comes into the books.

use crate::db::connection::{Connection, Prepared};
use crate::db::error::DbError;
use crate::migrate::back::Back;
use crate::migrate::books::{marks, stopped};
use crate::migrate::folder::Migration;
use crate::migrate::steps::Step;

/// What is written of a run when it begins.
pub struct Run<'a> {
    pub migration: &'a Migration,
    pub kind: &'static str,
    pub host: Option<&'a str>,
    pub ticket: Option<&'a str>,
    /// The run of `apply` that it is part of.
    pub release: Option<i64>,
}

impl Run<'_> {
    /// As one that is taken back.
    pub fn back(&self) -> Back<'_> {
        Back { host: self.host, ticket: self.ticket }
    }
}

/// Begins a run. `seconds` is how long it has been going on already, `error` why it is over.
pub fn begin(
    connection: &mut Connection,
    run: &Run,
    outcome: &str,
    seconds: f64,
    error: Option<&str>,
) -> Result<i64, DbError> {
    if !run.migration.own {
        let prepared = prepare_whole(connection)?;
        return enter(connection, &prepared, run, &[], &Ended { outcome, error, seconds });
    }
    let migration = run.migration;
    let (up, down) = (migration.up_sha256(), migration.down_sha256());
    let down_sql = migration.down.as_ref().map(|down| &*down.text);
    let rows = connection.query_with(
        include_str!("begin.sql"),
        &[
            &migration.id,
            &migration.name(),
            &run.kind,
            &up,
            &down,
            &&*migration.up.text,
            &down_sql,
            &outcome,
            &run.host,
            &env!("CARGO_PKG_VERSION"),
            &run.ticket,
            &seconds,
        ],
    )?;
    let number = number_of(&rows)?;
    error.map_or(Ok(()), |error| stopped(connection, number, error))?;
    Ok(number)
}

/// What `whole` asks, prepared: planning it takes as long as a small migration.
pub fn prepare_whole(connection: &mut Connection) -> Result<Prepared, DbError> {
    connection.prepare(include_str!("whole.sql"))
}

/// Writes a run that was done in one transaction, with its steps, in that transaction: all at once, as each answer of the
/// server takes its time.
pub fn whole(
    connection: &mut Connection,
    prepared: &Prepared,
    run: &Run,
    steps: &[&Step],
    seconds: f64,
) -> Result<i64, DbError> {
    enter(connection, prepared, run, steps, &Ended { outcome: "applied", error: None, seconds })
}

/// How a run stands when it is written down.
struct Ended<'a> {
    outcome: &'a str,
    error: Option<&'a str>,
    /// How long it has been going on.
    seconds: f64,
}

fn enter(
    connection: &mut Connection,
    prepared: &Prepared,
    run: &Run,
    steps: &[&Step],
    ended: &Ended,
) -> Result<i64, DbError> {
    let migration = run.migration;
    let (up, down) = (migration.up_sha256(), migration.down_sha256());
    let down_sql = migration.down.as_ref().map(|down| &*down.text);
    let (numbers, hashes) = marks(steps);
    let rows = connection.query_prepared(
        prepared,
        &[
            &migration.id,
            &migration.name(),
            &run.kind,
            &up,
            &down,
            &&*migration.up.text,
            &down_sql,
            &run.host,
            &env!("CARGO_PKG_VERSION"),
            &run.ticket,
            &ended.seconds,
            &migration.grade,
            &migration.losses,
            &numbers,
            &hashes,
            &run.release,
            &ended.outcome,
            &ended.error,
            &migration.plan_sha256,
        ],
    )?;
    number_of(&rows)
}

/// The number of a run that was just written down.
fn number_of(rows: &[postgres::Row]) -> Result<i64, DbError> {
    let number = rows.first().map(|row| row.try_get(0)).transpose()?;
    number.ok_or_else(|| DbError::unexpected("no number for a run"))
}
