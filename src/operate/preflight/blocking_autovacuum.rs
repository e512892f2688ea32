//! Vacuums against wraparound, which do not make way.

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::operate::preflight::asked::Asked;
use crate::operate::preflight::{Check, Finding, Level, Look, Seen};

pub const CHECK: Check = Check {
    code: "blocking-autovacuum",
    title: "no autovacuum is in the way",
    why: "An autovacuum ends itself for whoever wants the table; one against wraparound does not, so that a statement which \
          needs a strong lock waits for its end.",
    mend: "Wait for it (`pg_stat_progress_vacuum` shows how far it is), or leave its table alone for now.",
    stops: false,
    look: Look::Server(look),
};

/// What a role may not see has no type and no query; it could be a worker.
const SQL: &str = "
    SELECT query, pid, backend_type IS NULL
    FROM pg_catalog.pg_stat_activity
    WHERE datname = pg_catalog.current_database()
        AND (
            backend_type IS NULL
            OR (backend_type = 'autovacuum worker' AND query LIKE 'autovacuum:%(to prevent wraparound)')
        )
    ORDER BY pid";

fn look(connection: &mut Connection, _: &Asked) -> Result<Seen, DbError> {
    let mut findings = Vec::new();
    for row in connection.query_with(SQL, &[])? {
        let (query, pid, hidden): (String, i32, bool) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        if hidden {
            let why = "sessions of other roles show nothing to this one: `GRANT pg_read_all_stats` lets it";
            return Ok(Seen::Unseen(why.to_owned()));
        }
        findings.push(Finding::new(Level::Warning, format!("PID {pid} does not make way: `{query}`")));
    }
    Ok(Seen::of(findings, "none is"))
}
