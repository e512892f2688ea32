//! What the books say of a run that is taken back: by whom, from where and why.

use crate::db::connection::Connection;
use crate::db::error::DbError;

/// Where a rollback runs, and what it is for.
#[derive(Clone, Copy, Debug)]
pub struct Back<'a> {
    pub host: Option<&'a str>,
    pub ticket: Option<&'a str>,
}

const WHO: &str = "rolled_back_by = session_user, rolled_back_from = $2, rollback_ticket = $3";

/// Writes that it begins, before its first step.
///
/// # Errors
/// As all here: what the server says, or that it went away.
pub fn turns(connection: &mut Connection, run: i64, back: Back) -> Result<(), DbError> {
    let sql = format!("UPDATE pgplumb.history SET {WHO} WHERE run = $1");
    connection.query_with(&sql, &[&run, &back.host, &back.ticket]).map(drop)
}

/// Writes that it is done.
pub fn took_back(connection: &mut Connection, run: i64, back: Back) -> Result<(), DbError> {
    let sql = format!(
        "UPDATE pgplumb.history SET outcome = 'rolled_back', error = NULL, \
         rolled_back_at = pg_catalog.clock_timestamp(), {WHO} WHERE run = $1"
    );
    connection.query_with(&sql, &[&run, &back.host, &back.ticket]).map(drop)
}

/// Writes why it stopped: the run is still applied.
pub fn stopped(connection: &mut Connection, run: i64, back: Back, error: &str) -> Result<(), DbError> {
    let sql = format!("UPDATE pgplumb.history SET error = $4, {WHO} WHERE run = $1");
    connection.query_with(&sql, &[&run, &back.host, &back.ticket, &error]).map(drop)
}
