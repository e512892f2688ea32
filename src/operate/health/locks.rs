//! Who waits for whom.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::row::decode;
use crate::operate::health::{Area, Limits, Measure, of_time};

/// A session that waits, or that keeps others waiting.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Session {
    pub pid: i32,
    pub usename: String,
    pub application: String,
    /// What it is at: `active`, `idle in transaction`.
    pub state: String,
    /// Since its transaction began.
    pub seconds: f64,
    /// PIDs; 0 stands for a prepared transaction.
    pub blockers: Vec<i32>,
    /// The lock that it waits for, and on what.
    pub mode: Option<String>,
    pub waited: Option<f64>,
    pub object: Option<String>,
}

/// All of them, longest transaction first.
///
/// # Errors
/// What the server says, or that it went away.
pub fn sessions(connection: &mut Connection) -> Result<Vec<Session>, DbError> {
    connection.query_with(include_str!("locks.sql"), &[])?.iter().map(decode).collect()
}

pub(super) fn look(connection: &mut Connection, limits: &Limits) -> Result<Vec<Measure>, DbError> {
    Ok(judge(&sessions(connection)?, limits))
}

fn judge(sessions: &[Session], limits: &Limits) -> Vec<Measure> {
    let waiting: Vec<&Session> = sessions.iter().filter(|session| !session.blockers.is_empty()).collect();
    let longest = waiting.iter().filter_map(|session| session.waited).fold(0.0, f64::max);
    let (area, level) = (Area::Locks, of_time(longest, limits.lock_wait));
    #[expect(clippy::cast_precision_loss, reason = "a few thousand at most")]
    let count = waiting.len() as f64;
    vec![
        Measure {
            area,
            name: "lock_waiters",
            what: "sessions that wait for a lock",
            value: Some(count),
            level,
            said: waiting.len().to_string(),
        },
        Measure {
            area,
            name: "longest_lock_wait_seconds",
            what: "the session that waits for a lock for longest",
            value: Some(longest),
            level,
            said: format!("{longest:.0} s"),
        },
    ]
}

/// Whoever waits stands below whom he waits for: how deep, and who. Each once, also where some wait for each other.
pub fn tree(sessions: &[Session]) -> Vec<(usize, &Session)> {
    let mut seen = BTreeSet::new();
    let mut lines = Vec::new();
    let there = |pid: &i32| sessions.iter().any(|session| session.pid == *pid);
    let roots = sessions.iter().filter(|session| !session.blockers.iter().any(there));
    // In a deadlock nobody is at the root.
    for session in roots.chain(sessions) {
        below(session, 0, sessions, &mut seen, &mut lines);
    }
    lines
}

fn below<'a>(
    session: &'a Session,
    depth: usize,
    sessions: &'a [Session],
    seen: &mut BTreeSet<i32>,
    lines: &mut Vec<(usize, &'a Session)>,
) {
    if !seen.insert(session.pid) {
        return;
    }
    lines.push((depth, session));
    for waiter in sessions.iter().filter(|waiter| waiter.blockers.contains(&session.pid)) {
        below(waiter, depth + 1, sessions, seen, lines);
    }
}

/// Whether there is such a session of a client in this database.
///
/// # Errors
/// What the server says.
pub fn is_there(connection: &mut Connection, pid: i32) -> Result<bool, DbError> {
    let sql = "SELECT FROM pg_catalog.pg_stat_activity
               WHERE pid = $1 AND datname = pg_catalog.current_database() AND pid <> pg_catalog.pg_backend_pid()
                   AND coalesce(backend_type, 'client backend') = 'client backend'";
    Ok(!connection.query_with(sql, &[&pid])?.is_empty())
}

/// Stops the statement of a session, or all of the session. Says whether the signal was sent.
///
/// # Errors
/// That the role may not.
pub fn stop(connection: &mut Connection, pid: i32, whole: bool) -> Result<bool, DbError> {
    let name = if whole { "pg_terminate_backend" } else { "pg_cancel_backend" };
    let rows = connection.query_with(&format!("SELECT pg_catalog.{name}($1)"), &[&pid])?;
    let row = rows.first().ok_or_else(|| DbError::unexpected("a signal without an answer"))?;
    Ok(row.try_get(0)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(pid: i32, blockers: &[i32]) -> Session {
        Session {
            pid,
            usename: "me".to_owned(),
            application: String::new(),
            state: "active".to_owned(),
            seconds: 1.0,
            blockers: blockers.to_vec(),
            mode: None,
            waited: None,
            object: None,
        }
    }

    fn shape(sessions: &[Session]) -> Vec<(usize, i32)> {
        tree(sessions).into_iter().map(|(depth, session)| (depth, session.pid)).collect()
    }

    #[test]
    fn waiters_stand_below_their_blockers_once() {
        let sessions = [session(3, &[2]), session(1, &[]), session(2, &[1]), session(4, &[1, 2])];
        assert_eq!(shape(&sessions), [(0, 1), (1, 2), (2, 3), (2, 4)]);
    }

    #[test]
    fn a_deadlock_and_a_prepared_transaction_have_an_end() {
        assert_eq!(shape(&[session(1, &[2]), session(2, &[1])]), [(0, 1), (1, 2)]);
        assert_eq!(shape(&[session(1, &[0])]), [(0, 1)]);
    }
}
