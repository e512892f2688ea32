//! The books in the database: what was run, how far it got, and what came of it.
//!
//! Those statements that also run while the books themselves are brought up to date use the columns of their first
//! version alone.

use std::collections::BTreeMap;

use postgres::types::ToSql;
use serde::{Deserialize, Serialize};

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::row::document;
use crate::migrate::backfill::place::Place;
use crate::migrate::embedded::is_own;
use crate::migrate::enter::Run;
use crate::migrate::foreign::origin::Origin;
use crate::migrate::steps::Step;

/// One run, as the table says it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Record {
    pub run: i64,
    pub id: String,
    pub name: String,
    pub kind: String,
    pub outcome: Outcome,
    /// Lower-case hex, as all hashes here.
    pub up_sha256: String,
    pub to_fingerprint: Option<String>,
    pub up_sql: String,
    pub down_sql: Option<String>,
    pub error: Option<String>,
    pub applied_by: String,
    pub applied_from: Option<String>,
    pub tool_version: String,
    pub ticket: Option<String>,
    pub started_at: String,
    pub seconds: Option<f64>,
    pub rolled_back_at: Option<String>,
    /// Who took it back or began to, from where and why.
    pub rolled_back_by: Option<String>,
    pub rolled_back_from: Option<String>,
    pub rollback_ticket: Option<String>,
    pub down_grade: Option<String>,
    pub losses: Vec<String>,
    /// The run of `apply` that applied it, counted from one; none where the books did not say so yet.
    pub release: Option<i64>,
    /// Of the `plan.json` that it was applied with.
    pub plan_sha256: Option<String>,
    /// Which other tool applied it, where one did.
    #[serde(default)]
    pub origin: Option<Origin>,
    /// Seconds since it was applied.
    #[serde(skip_serializing)]
    pub age: Option<f64>,
    /// Whether steps of the up, and of the down, were written down.
    pub progressed: bool,
    pub turned: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Started,
    Applied,
    Failed,
    RolledBack,
}

impl Record {
    /// Whether it is of the books themselves.
    pub fn is_own(&self) -> bool {
        is_own(&self.id)
    }

    /// Whether what it did is there, as a whole or in part.
    pub fn in_force(&self) -> bool {
        matches!(self.outcome, Outcome::Started | Outcome::Applied)
            || (self.outcome == Outcome::Failed && self.progressed)
    }
}

/// What the journal says of one step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mark {
    pub sha256: Vec<u8>,
    pub done: bool,
    pub before: Option<String>,
    /// How far a backfill got, as JSON.
    pub place: Option<String>,
}

/// Whether there are books in this database.
///
/// # Errors
/// As all here: what the server says, or that it went away.
pub fn exist(connection: &mut Connection) -> Result<bool, DbError> {
    let found = connection.query_text("SELECT pg_catalog.to_regclass('pgplumb.history')::text")?;
    Ok(found.is_some())
}

/// All runs, oldest first; none where there are no books.
pub fn records(connection: &mut Connection) -> Result<Vec<Record>, DbError> {
    if !exist(connection)? {
        return Ok(Vec::new());
    }
    let rows = connection.query_with(include_str!("records.sql"), &[])?;
    rows.iter().map(document).collect()
}

/// The steps of a run that were begun, by number.
pub fn journal(connection: &mut Connection, run: i64, forward: bool) -> Result<BTreeMap<i32, Mark>, DbError> {
    let sql = "SELECT step, sql_sha256, outcome = 'applied', pg_catalog.to_jsonb(journal) ->> 'before', \
               pg_catalog.to_jsonb(journal) ->> 'place' FROM pgplumb.journal WHERE run = $1 AND forward = $2";
    let mut marks = BTreeMap::new();
    for row in connection.query_with(sql, &[&run, &forward])? {
        let (sha256, done, before) = (row.try_get(1)?, row.try_get(2)?, row.try_get(3)?);
        let mark = Mark { sha256, done, before, place: row.try_get(4)? };
        marks.insert(row.try_get(0)?, mark);
    }
    Ok(marks)
}

/// The numbers and hashes of steps.
pub(in crate::migrate) fn marks(steps: &[&Step]) -> (Vec<i32>, Vec<Vec<u8>>) {
    steps.iter().map(|step| (step.number, step.sha256())).unzip()
}

/// Writes that steps are done, in the transaction that did them.
pub fn done(connection: &mut Connection, run: i64, forward: bool, steps: &[&Step]) -> Result<(), DbError> {
    let (numbers, hashes) = marks(steps);
    let sql = "INSERT INTO pgplumb.journal (run, step, forward, sql_sha256, outcome, started_at, finished_at) \
               SELECT $1, step, $2, hash, 'applied', pg_catalog.now(), pg_catalog.clock_timestamp() \
               FROM ROWS FROM (pg_catalog.unnest($3::integer[]), pg_catalog.unnest($4::bytea[])) AS t (step, hash) \
               ON CONFLICT (run, forward, step) DO UPDATE SET outcome = 'applied', error = NULL, \
               finished_at = excluded.finished_at";
    connection.query_with(sql, &[&run, &forward, &numbers, &hashes]).map(drop)
}

/// Writes that a step begins which cannot be in a transaction, and what it works on as that is now.
pub fn started(
    connection: &mut Connection,
    run: i64,
    forward: bool,
    step: &Step,
    before: Option<&str>,
) -> Result<(), DbError> {
    let sql = "INSERT INTO pgplumb.journal (run, step, forward, sql_sha256, before) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (run, forward, step) DO UPDATE SET outcome = 'started', error = NULL, \
               sql_sha256 = excluded.sql_sha256, before = excluded.before, started_at = excluded.started_at";
    connection.query_with(sql, &[&run, &step.number, &forward, &step.sha256(), &before]).map(drop)
}

/// Writes how far a backfill got, in the transaction of its batch.
pub fn got_to(connection: &mut Connection, run: i64, forward: bool, step: i32, place: &Place) -> Result<(), DbError> {
    let sql = "UPDATE pgplumb.journal SET place = $4, outcome = 'started', error = NULL \
               WHERE run = $1 AND forward = $2 AND step = $3";
    let place = serde_json::to_value(place).unwrap_or_default();
    connection.query_with(sql, &[&run, &forward, &step, &place]).map(drop)
}

/// Writes that such a step failed.
pub fn failed(connection: &mut Connection, run: i64, forward: bool, step: i32, error: &str) -> Result<(), DbError> {
    let sql = "UPDATE pgplumb.journal SET outcome = 'failed', error = $4, finished_at = pg_catalog.clock_timestamp() \
               WHERE run = $1 AND forward = $2 AND step = $3";
    connection.query_with(sql, &[&run, &forward, &step, &error]).map(drop)
}

/// Writes that a run goes on, with the script as it is now: what is done of it is the same.
pub fn go_on(connection: &mut Connection, number: i64, run: &Run) -> Result<(), DbError> {
    let (migration, up) = (run.migration, run.migration.up_sha256());
    let down_sql = migration.down.as_ref().map(|down| &*down.text);
    let texts = (&*migration.up.text, migration.down_sha256());
    // It is the run that ends it that releases it; our own books may have no such column yet.
    let release = if run.release.is_some() { ", release = $6" } else { "" };
    let sql = format!(
        "UPDATE pgplumb.history SET outcome = 'started', error = NULL, up_sha256 = $2, up_sql = $3, \
         down_sha256 = $4, down_sql = $5{release} WHERE run = $1 AND outcome IN ('started', 'failed')"
    );
    let told: [&(dyn ToSql + Sync); 6] = [&number, &up, &texts.0, &texts.1, &down_sql, &run.release];
    let used = if run.release.is_some() { 6 } else { 5 };
    connection.query_with(&sql, &told[..used]).map(drop)
}

/// Writes that a run is done.
pub fn finish(connection: &mut Connection, run: i64) -> Result<(), DbError> {
    let sql = "UPDATE pgplumb.history SET outcome = 'applied', error = NULL, \
               duration = greatest(pg_catalog.clock_timestamp() - started_at, '0') WHERE run = $1";
    connection.query_with(sql, &[&run]).map(drop)
}

/// Writes why a run stopped.
pub fn stopped(connection: &mut Connection, run: i64, error: &str) -> Result<(), DbError> {
    let sql = "UPDATE pgplumb.history SET outcome = 'failed', error = $2 WHERE run = $1";
    connection.query_with(sql, &[&run, &error]).map(drop)
}
