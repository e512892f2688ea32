//! One runner at a time: an advisory lock of the session that does the work, so that it is held as long as the server
//! still works for a runner that died.
//!
//! It is asked for again and again and never waited for: a session that waits for a lock inside a statement is one that
//! CREATE INDEX CONCURRENTLY of the other would wait for.

use std::thread::sleep;
use std::time::{Duration, Instant};

use postgres::Row;
use sha2::{Digest, Sha256};

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::migrate::error::{MigrateError, StateError};
use crate::migrate::event::Event;
use crate::migrate::stop::Stop;
use crate::migrate::voice::Voice;

/// `pgplumb` in ASCII.
const KEY: i64 = 0x0070_6770_6c75_6d62;

/// The key of these books: a tenant has a lock of its own, so that others in the same database can be worked on meanwhile.
fn key(connection: &Connection) -> i64 {
    let Some(tenant) = connection.is_for() else { return KEY };
    let hash = Sha256::digest(tenant.books());
    i64::from_be_bytes(hash.first_chunk().copied().unwrap_or_default())
}

/// Takes it where it is free. A standby has such locks as well, and nothing to write down behind them.
const TRY: &str = "SELECT pg_catalog.pg_try_advisory_lock($1), CASE WHEN pg_catalog.pg_is_in_recovery() THEN 'standby' \
                   ELSE pg_catalog.current_setting('transaction_read_only') END";

/// How often it is asked for.
const EVERY: Duration = Duration::from_millis(200);

/// Takes the lock. `wait` is how long others may keep it.
///
/// # Errors
/// `Busy` with the one who has it, when that takes too long; `ReadOnly`, `Interrupted`.
pub(in crate::migrate) fn take(
    connection: &mut Connection,
    wait: Duration,
    stop: &Stop,
    voice: &Voice,
) -> Result<(), MigrateError> {
    let start = Instant::now();
    let (mut told, key) = (false, key(connection));
    loop {
        let rows = connection.query_with(TRY, &[&key])?;
        let get = |row: &Row| Ok::<(bool, String), postgres::Error>((row.try_get(0)?, row.try_get(1)?));
        let (taken, writes) = rows.first().map(get).transpose().map_err(DbError::from)?.unwrap_or_default();
        match writes.as_str() {
            "standby" => return Err(StateError::ReadOnly { why: "the server is a standby" }.into()),
            "on" => {
                return Err(StateError::ReadOnly { why: "sessions of this role in this database may only read" }.into());
            }
            _ if taken => return Ok(()),
            _ => {}
        }
        let late = start.elapsed() >= wait;
        if (!told || late)
            && let Some((pid, user, application, since)) = holder(connection)?
        {
            if late {
                return Err(MigrateError::Busy { pid, user, application, since });
            }
            told = true;
            voice.say(Event::Waiting { pid, user, application, since });
        }
        if stop.is_wished() {
            return Err(MigrateError::Interrupted);
        }
        sleep(EVERY);
    }
}

/// Who has it; none where it was given back meanwhile.
fn holder(connection: &mut Connection) -> Result<Option<(i32, String, String, String)>, MigrateError> {
    let key = key(connection);
    let rows = connection.query_with(include_str!("holder.sql"), &[&key])?;
    let Some(row) = rows.first() else { return Ok(None) };
    let get = || Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?));
    get().map(Some).map_err(|error: postgres::Error| DbError::from(error).into())
}
