//! What cannot run in a transaction is watched from a second session.
//!
//! Such a statement (CREATE INDEX CONCURRENTLY) is over in a moment on a small table, and its locks are gone with it. So
//! the second session stands in its way, twice, and sees what it holds and waits for: first with a lock that all of them
//! conflict with, then with an old snapshot and the weakest of locks, which they wait for as they would for any reader.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::row::decode;
use crate::observe::Seen;

/// How long the statement may go without waiting for the second session before that lets go.
const PATIENCE: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(1);

/// Runs the statement; every lock that was seen on the way.
pub(super) fn watched(
    connection: &mut Connection,
    watcher: &mut Connection,
    sql: &str,
    near: &[String],
) -> Result<Vec<Seen>, DbError> {
    let pid = connection.pid()?;
    watcher.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1")?;
    if !near.is_empty() {
        let tables = near.join(", ONLY ");
        watcher.execute(&format!(
            "LOCK TABLE ONLY {tables} IN ACCESS SHARE MODE; SAVEPOINT weak; \
             LOCK TABLE ONLY {tables} IN SHARE UPDATE EXCLUSIVE MODE"
        ))?;
    }
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let looking = scope.spawn(|| {
            let seen = look(watcher, pid, !near.is_empty(), &over);
            // What failed must not keep the statement waiting.
            let end = watcher.execute("ROLLBACK");
            seen.and_then(|seen| end.map(|()| seen))
        });
        let result = connection.execute(sql);
        over.store(true, Ordering::Relaxed);
        let seen = looking.join().map_err(|_| DbError::unexpected("the second session was lost"))?;
        result?;
        seen
    })
}

/// Looks until the statement is over; lets go, step by step, whenever it waits or does not seem to.
fn look(watcher: &mut Connection, pid: i32, strong: bool, over: &AtomicBool) -> Result<Vec<Seen>, DbError> {
    let mut all: Vec<Seen> = Vec::new();
    let mut ways: Vec<&str> = if strong { vec!["ROLLBACK", "ROLLBACK TO weak"] } else { vec!["ROLLBACK"] };
    let mut since = Instant::now();
    while !over.load(Ordering::Relaxed) {
        let rows = watcher.query_with(include_str!("seen.sql"), &[&pid])?;
        let seen = rows.iter().map(decode::<Seen>).collect::<Result<Vec<_>, _>>()?;
        let waits = seen.iter().any(|seen| !seen.granted);
        for lock in seen.into_iter().filter(|seen| seen.oid.is_some()) {
            if !all.iter().any(|known| (known.oid, known.mode) == (lock.oid, lock.mode)) {
                all.push(lock);
            }
        }
        if (waits || since.elapsed() > PATIENCE)
            && let Some(way) = ways.pop()
        {
            watcher.execute(way)?;
            since = Instant::now();
        }
        thread::sleep(PAUSE);
    }
    Ok(all)
}
