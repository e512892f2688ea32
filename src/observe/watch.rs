//! What cannot run in a transaction is watched from a second session.
//!
//! Such a statement (CREATE INDEX CONCURRENTLY) is over in a moment on a small table, and its locks are gone with it. So
//! others stand in its way, and see what it holds and waits for: first a lock on each table that all of them conflict
//! with, then an old snapshot and the weakest of locks, which they wait for as they would for any reader, and at last a
//! reader that came while they waited, which meets the lock that they end with. Tables that foreign keys tie to these are
//! locked late, if at all (DETACH CONCURRENTLY makes their triggers), so a writer of them came as well, and leaves last.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::row::decode;
use crate::observe::Seen;
use crate::observe::relation::Relation;

/// How long the statement may go without waiting before what stands in its way lets go.
const PATIENCE: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(1);

/// What stands in the way; the last lets go first.
struct Gates<'a> {
    watcher: &'a mut Connection,
    /// The reader that comes while the statement waits for the ends of transactions.
    late: Connection,
    /// What the late one reads, as a list for LOCK TABLE; empty where the statement names no table.
    tables: String,
    /// What it writes.
    tied: String,
    /// How the watcher lets go, step by step.
    ways: Vec<String>,
    /// How the late one leaves.
    leaving: Vec<&'static str>,
}

/// Runs the statement in the session with this PID; every lock that was seen on the way. The tables near it are in the
/// order in which it may ask for them; foreign keys tie others to these.
pub(super) fn watched(
    connection: &mut Connection,
    watcher: &mut Connection,
    pid: i32,
    sql: &str,
    [near, tied]: [&[Relation]; 2],
) -> Result<Vec<Seen>, DbError> {
    let mut gates = Gates::close(watcher, near, tied)?;
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let looking = scope.spawn(|| {
            let seen = look(&mut gates, pid, &over);
            // What failed must not keep the statement waiting.
            let end = gates.open_all();
            seen.and_then(|seen| end.map(|()| seen))
        });
        let result = connection.execute(sql);
        over.store(true, Ordering::Relaxed);
        let seen = looking.join().map_err(|_| DbError::unexpected("the second session was lost"))?;
        result?;
        seen
    })
}

/// Looks until the statement is over; opens one gate after the other whenever it waits or does not seem to.
fn look(gates: &mut Gates, pid: i32, over: &AtomicBool) -> Result<Vec<Seen>, DbError> {
    let mut all: Vec<Seen> = Vec::new();
    let mut since = Instant::now();
    while !over.load(Ordering::Relaxed) {
        let rows = gates.watcher.query_with(include_str!("seen.sql"), &[&pid])?;
        let seen = rows.iter().map(decode::<Seen>).collect::<Result<Vec<_>, _>>()?;
        let waits = seen.iter().any(|seen| !seen.granted);
        let for_ends = seen.iter().any(|seen| !seen.granted && seen.oid.is_none());
        for lock in seen.into_iter().filter(|seen| seen.oid.is_some()) {
            if !all.iter().any(|known| (known.oid, known.mode) == (lock.oid, lock.mode)) {
                all.push(lock);
            }
        }
        if waits || since.elapsed() > PATIENCE {
            gates.open_next(for_ends)?;
            since = Instant::now();
        }
        thread::sleep(PAUSE);
    }
    Ok(all)
}

impl<'a> Gates<'a> {
    fn close(watcher: &'a mut Connection, near: &[Relation], tied: &[Relation]) -> Result<Self, DbError> {
        let (tables, views): (Vec<&Relation>, Vec<&Relation>) = near.iter().partition(|near| near.is_table());
        let only = |table: &Relation| format!("ONLY {}", table.sql());
        let tables: Vec<String> = tables.into_iter().map(only).collect();
        let tied = tied.iter().map(only).collect::<Vec<_>>().join(", ");
        let mut ways = vec!["ROLLBACK".to_owned()];
        let mut lock = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1".to_owned();
        // LOCK TABLE takes no materialized view, and one that is not filled yet cannot be read; this locks it as a reader does.
        for view in views {
            lock.push_str(&format!("; EXPLAIN SELECT FROM {}", view.sql()));
        }
        if !tables.is_empty() {
            lock.push_str(&format!("; LOCK TABLE {} IN ACCESS SHARE MODE", tables.join(", ")));
        }
        // What it asks for first lets go first, and what it asks for next is then still held.
        for (number, table) in tables.iter().enumerate().rev() {
            lock.push_str(&format!("; SAVEPOINT gate{number}; LOCK TABLE {table} IN SHARE UPDATE EXCLUSIVE MODE"));
            ways.push(format!("ROLLBACK TO gate{number}"));
        }
        watcher.execute(&lock)?;
        let late = watcher.another()?;
        Ok(Self { watcher, late, tables: tables.join(", "), tied, ways, leaving: Vec::new() })
    }

    /// Lets the statement come further, where anything is left that stops it.
    fn open_next(&mut self, for_ends: bool) -> Result<(), DbError> {
        if for_ends && self.ways.len() == 1 && !self.tables.is_empty() {
            self.come_late();
        }
        match self.ways.pop() {
            Some(way) => self.watcher.execute(&way),
            None => self.leaving.pop().map_or(Ok(()), |way| self.late.execute(way)),
        }
    }

    /// The late one comes. Where it is refused, the statement holds what none of its kind passes; then that was seen.
    fn come_late(&mut self) {
        let write = match self.tied.as_str() {
            "" => String::new(),
            tied => format!("LOCK TABLE {tied} IN ROW EXCLUSIVE MODE NOWAIT; "),
        };
        let come = format!("BEGIN; {write}SAVEPOINT reads; LOCK TABLE {} IN ACCESS SHARE MODE NOWAIT", self.tables);
        if self.late.execute(&come).is_ok() {
            self.leaving = vec!["ROLLBACK", "ROLLBACK TO reads"];
        }
    }

    /// Ends both transactions, also what is left of them after a failure.
    fn open_all(&mut self) -> Result<(), DbError> {
        let late = self.late.execute("ROLLBACK");
        self.watcher.execute("ROLLBACK").and(late)
    }
}
