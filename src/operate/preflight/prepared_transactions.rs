//! Transactions that were prepared for a two-phase commit and never ended.

use serde::Deserialize;

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::row::decode;
use crate::operate::preflight::asked::Asked;
use crate::operate::preflight::{Check, Finding, Level, Look, Seen};

pub const CHECK: Check = Check {
    code: "prepared-transactions",
    title: "no prepared transaction is left",
    why: "A prepared transaction keeps its locks, and keeps vacuum from its work, also over a restart, until somebody ends it.",
    mend: "Ask whoever coordinates it, then `COMMIT PREPARED 'name'` or `ROLLBACK PREPARED 'name'`.",
    stops: false,
    look: Look::Server(look),
};

const SQL: &str = "
    SELECT
        gid,
        owner::text AS owner,
        coalesce(extract(epoch FROM pg_catalog.clock_timestamp() - prepared), 0)::bigint AS seconds
    FROM pg_catalog.pg_prepared_xacts
    WHERE database = pg_catalog.current_database()
    ORDER BY prepared, gid";

#[derive(Deserialize)]
struct Prepared {
    gid: String,
    owner: String,
    seconds: i64,
}

fn look(connection: &mut Connection, asked: &Asked) -> Result<Seen, DbError> {
    let rows = connection.query_with(SQL, &[])?;
    let limit = i64::try_from(asked.limits.transaction.as_secs()).unwrap_or(i64::MAX);
    let mut findings = Vec::new();
    for row in &rows {
        let Prepared { gid, owner, seconds } = decode(row)?;
        // A young one is about to be ended by its coordinator.
        let level = if seconds > limit { Level::Warning } else { Level::Note };
        findings.push(Finding::new(level, format!("`{gid}` of {owner} is prepared for {seconds} s")));
    }
    Ok(Seen::of(findings, "none is"))
}
