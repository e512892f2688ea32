//! Transactions that have been open for long.

use serde::Deserialize;

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::row::decode;
use crate::operate::preflight::asked::Asked;
use crate::operate::preflight::{Check, Finding, Level, Look, Seen};

pub const CHECK: Check = Check {
    code: "long-transactions",
    title: "no transaction has been open for long",
    why: "A statement that needs a strong lock waits for every transaction that has touched the table, and everybody else \
          waits behind it; CREATE INDEX CONCURRENTLY waits for all that are older than itself.",
    mend: "Wait for it, or end it: `pgplumb health locks` shows who waits for whom, `SELECT pg_terminate_backend(PID)` ends one.",
    stops: false,
    look: Look::Server(look),
};

/// Sessions of others in this database, longest first. A role that may not see them gets rows with little in them.
const SQL: &str = "
    SELECT
        pid,
        coalesce(usename, '')::text AS usename,
        coalesce(application_name, '') AS application,
        coalesce(state, '') AS state,
        backend_type IS NULL AS hidden,
        coalesce(extract(epoch FROM pg_catalog.clock_timestamp() - xact_start), 0)::bigint AS seconds
    FROM pg_catalog.pg_stat_activity
    WHERE datname = pg_catalog.current_database()
        AND (backend_type = 'client backend' OR backend_type IS NULL)
        AND pid <> pg_catalog.pg_backend_pid()
    ORDER BY xact_start, pid";

#[derive(Deserialize)]
struct Session {
    pid: i32,
    usename: String,
    application: String,
    state: String,
    hidden: bool,
    seconds: i64,
}

fn look(connection: &mut Connection, asked: &Asked) -> Result<Seen, DbError> {
    let rows = connection.query_with(SQL, &[])?;
    let sessions = rows.iter().map(decode).collect::<Result<Vec<Session>, _>>()?;
    let limit = i64::try_from(asked.limits.transaction.as_secs()).unwrap_or(i64::MAX);
    let long = sessions.iter().filter(|session| session.seconds > limit);
    let findings: Vec<Finding> = long.map(|session| Finding::new(Level::Warning, told(session))).collect();
    let hidden = sessions.iter().filter(|session| session.hidden).count();
    if findings.is_empty() && hidden > 0 {
        let why = format!("sessions of other roles show nothing to this one ({hidden}): `GRANT pg_read_all_stats` lets it");
        return Ok(Seen::Unseen(why));
    }
    Ok(Seen::of(findings, format!("none for more than {limit} s")))
}

/// Without the statement, which can hold rows.
fn told(session: &Session) -> String {
    let Session { pid, usename, application, state, seconds, .. } = session;
    let named = if application.is_empty() { String::new() } else { format!(", {application}") };
    format!("PID {pid}, {usename}{named}, {state}, is in a transaction for {seconds} s")
}
