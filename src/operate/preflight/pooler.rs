//! Whether a pooler in transaction mode stands between us and the server.
//!
//! Two sessions take turns, each for the length of a transaction. A server's process that serves both, or a session that is
//! served by another process the second time, is proof. A pool that is not shared at this moment cannot be told from none.

use postgres::SimpleQueryMessage;

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::operate::preflight::asked::Asked;
use crate::operate::preflight::{Check, Level, Look, Seen};

pub const CHECK: Check = Check {
    code: "pooler",
    title: "no pooler in transaction mode is in between",
    why: "Behind such a pooler a session has no process of its own: its settings, its advisory lock and its timeouts end \
          up in the sessions of others, so that two runs could be at work at once.",
    mend: "Connect to the server itself, or to a port of the pooler with `pool_mode = session`.",
    stops: true,
    look: Look::Server(look),
};

fn look(connection: &mut Connection, _: &Asked) -> Result<Seen, DbError> {
    Ok(if is_between(connection)? {
        Seen::one(Level::Error, FOUND)
    } else {
        Seen::Fine("each session has a process of its own".to_owned())
    })
}

/// What is found.
pub const FOUND: &str = "a pooler in transaction mode is between this machine and the server";

/// Whether one is seen.
///
/// # Errors
/// When no second session can be had, or the connection is lost.
pub fn is_between(connection: &mut Connection) -> Result<bool, DbError> {
    let mut other = connection.another()?;
    let first = process(connection)?;
    connection.execute("COMMIT")?;
    // Now a pool hands what the first session has left to the second, and the first one has to take another.
    let second = process(&mut other)?;
    let again = process(connection)?;
    connection.execute("COMMIT")?;
    other.execute("COMMIT")?;
    Ok(second == first || again != first)
}

/// The process that serves a transaction, which stays open. By the simple protocol: not every pooler takes the other.
fn process(connection: &mut Connection) -> Result<Option<String>, DbError> {
    connection.execute("BEGIN")?;
    let answer = connection.client().simple_query("SELECT pg_catalog.pg_backend_pid()")?;
    Ok(answer.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    }))
}
