//! How far standbys are behind.

use serde::Deserialize;

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::row::decode;
use crate::observe::size::bytes;
use crate::operate::preflight::asked::Asked;
use crate::operate::preflight::{Check, Finding, Level, Look, Seen};

pub const CHECK: Check = Check {
    code: "replication-lag",
    title: "standbys keep up",
    why: "What a migration writes goes to every standby too. One that is behind already falls further behind, and those who \
          read there see an old state for longer.",
    mend: "Wait until it has caught up; look at its load, its disk and the network between.",
    stops: false,
    look: Look::Server(look),
};

/// One row for each standby or subscriber. A role that may not see them gets rows without a state.
const SQL: &str = "
    SELECT
        coalesce(application_name, '') AS name,
        state IS NULL AS hidden,
        coalesce(extract(epoch FROM replay_lag), 0)::double precision AS seconds,
        greatest(
            coalesce(
                pg_catalog.pg_wal_lsn_diff(
                    CASE
                        WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_receive_lsn()
                        ELSE pg_catalog.pg_current_wal_lsn()
                    END,
                    replay_lsn
                ),
                0
            ),
            0
        )::bigint AS bytes
    FROM pg_catalog.pg_stat_replication
    ORDER BY pid";

#[derive(Deserialize)]
struct Standby {
    name: String,
    hidden: bool,
    seconds: f64,
    bytes: i64,
}

fn look(connection: &mut Connection, asked: &Asked) -> Result<Seen, DbError> {
    let rows = connection.query_with(SQL, &[])?;
    let standbys = rows.iter().map(decode).collect::<Result<Vec<Standby>, _>>()?;
    if standbys.iter().any(|standby| standby.hidden) {
        return Ok(Seen::Unseen("standbys show nothing to this role: `GRANT pg_read_all_stats` lets it".to_owned()));
    }
    Ok(judge(&standbys, asked.limits.replication_lag.as_secs_f64()))
}

fn judge(standbys: &[Standby], limit: f64) -> Seen {
    let late = standbys.iter().filter(|standby| standby.seconds > limit);
    let findings = late.map(|Standby { name, seconds, bytes: count, .. }| {
        let behind = bytes(count.unsigned_abs());
        Finding::new(Level::Warning, format!("`{name}` is {seconds:.0} s and {behind} behind"))
    });
    let fine = match standbys.len() {
        0 => "there is none".to_owned(),
        1 => "the one that is there does".to_owned(),
        count => format!("all {count} do"),
    };
    Seen::of(findings.collect(), fine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_is_late_is_named() {
        let standby = |seconds| Standby { name: "east".to_owned(), hidden: false, seconds, bytes: 3 << 20 };
        assert_eq!(judge(&[standby(2.0), standby(30.0)], 30.0), Seen::Fine("all 2 do".to_owned()));
        assert_eq!(judge(&[standby(31.2)], 30.0), Seen::one(Level::Warning, "`east` is 31 s and 3 MB behind"));
        assert_eq!(judge(&[], 30.0), Seen::Fine("there is none".to_owned()));
    }
}
