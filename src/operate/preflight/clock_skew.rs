//! Whether the clocks here and there agree.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::operate::preflight::asked::Asked;
use crate::operate::preflight::{Check, Level, Look, Seen};

pub const CHECK: Check = Check {
    code: "clock-skew",
    title: "the clocks here and on the server agree",
    why: "Migrations are ordered by the clock of the machine that planned them, and certificates, backups and the books \
          are judged by time: clocks that differ put them in the wrong order.",
    mend: "Let both machines follow a time server (`timedatectl set-ntp true`).",
    stops: false,
    look: Look::Server(look),
};

fn look(connection: &mut Connection, asked: &Asked) -> Result<Seen, DbError> {
    let before = now();
    let sql = "SELECT extract(epoch FROM pg_catalog.clock_timestamp())::double precision";
    let rows = connection.query_with(sql, &[])?;
    let after = now();
    let Some(row) = rows.first() else { return Err(DbError::unexpected("the server does not say its time")) };
    let there: f64 = row.try_get(0)?;
    // The answer was made somewhere between the two looks at the clock, so that much is not known.
    let skew = (there - (before + after) / 2.0).abs();
    let unsure = (after - before) / 2.0;
    Ok(if skew - unsure > asked.limits.clock_skew.as_secs_f64() {
        let side = if there > after { "ahead of" } else { "behind" };
        Seen::one(Level::Warning, format!("the server's clock is {skew:.1} s {side} the one here"))
    } else {
        Seen::Fine(format!("within {} ms", ((skew + unsure) * 1000.0).ceil()))
    })
}

/// Seconds since 1970.
fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}
