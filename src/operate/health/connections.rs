//! How many sessions there are, and what they are at.

use serde::Deserialize;

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::row::decode;
use crate::operate::health::{Area, Level, Limits, Measure, of_time};

/// One row: sessions of all databases, as the limit is the server's; times of this one. What a role may not see has no type.
const SQL: &str = "
    SELECT
        count(*) FILTER (WHERE coalesce(backend_type, 'client backend') = 'client backend') AS used,
        pg_catalog.current_setting('max_connections')::bigint AS most,
        count(*) FILTER (WHERE backend_type IS NULL AND datname = pg_catalog.current_database()) AS hidden,
        coalesce(
            max(extract(epoch FROM pg_catalog.clock_timestamp() - query_start))
                FILTER (WHERE state = 'active' AND datname = pg_catalog.current_database() AND backend_type = 'client backend'),
            0
        )::double precision AS query,
        coalesce(
            max(extract(epoch FROM pg_catalog.clock_timestamp() - state_change))
                FILTER (WHERE state LIKE 'idle in transaction%' AND datname = pg_catalog.current_database()),
            0
        )::double precision AS idle
    FROM pg_catalog.pg_stat_activity
    WHERE pid <> pg_catalog.pg_backend_pid()";

#[derive(Deserialize)]
struct Sessions {
    used: i64,
    most: i64,
    hidden: i64,
    query: f64,
    idle: f64,
}

pub(super) fn look(connection: &mut Connection, limits: &Limits) -> Result<Vec<Measure>, DbError> {
    let rows = connection.query_with(SQL, &[])?;
    let row = rows.first().ok_or_else(|| DbError::unexpected("a count without a row"))?;
    Ok(judge(&decode(row)?, limits))
}

fn judge(sessions: &Sessions, limits: &Limits) -> Vec<Measure> {
    let Sessions { used, most, hidden, query, idle } = *sessions;
    #[expect(clippy::cast_precision_loss, reason = "a few thousand at most")]
    let ratio = used as f64 / most.max(1) as f64;
    let level = match ratio * 100.0 {
        percent if percent > limits.connections => Level::Critical,
        percent if percent > limits.connections * 0.75 => Level::Warning,
        _ => Level::Info,
    };
    let time = |name, what, seconds: f64, limit| {
        let unseen = hidden > 0 && seconds == 0.0;
        let said = if unseen { format!("{hidden} sessions cannot be seen") } else { format!("{seconds:.0} s") };
        let (value, level) = if unseen { (None, Level::Info) } else { (Some(seconds), of_time(seconds, limit)) };
        Measure { area: Area::Connections, name, what, value, level, said }
    };
    vec![
        Measure {
            area: Area::Connections,
            name: "connections_used_ratio",
            what: "sessions of all databases, of those that the server allows",
            value: Some(ratio),
            level,
            said: format!("{used} of {most}"),
        },
        time("longest_query_seconds", "the statement that runs for longest", query, limits.query),
        time(
            "longest_idle_in_transaction_seconds",
            "the transaction that nobody goes on with for longest",
            idle,
            limits.idle_in_transaction,
        ),
    ]
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const LIMITS: Limits = Limits {
        connections: 80.0,
        query: Duration::from_secs(300),
        idle_in_transaction: Duration::from_secs(60),
        lock_wait: Duration::from_secs(30),
        replication_lag: Duration::from_secs(30),
        cache_hit: 90.0,
        growth: 50.0,
    };

    #[test]
    fn shares_and_times_are_judged() {
        let levels = |used, query, idle| {
            let sessions = Sessions { used, most: 100, hidden: 0, query, idle };
            judge(&sessions, &LIMITS).iter().map(|measure| measure.level).collect::<Vec<_>>()
        };
        assert_eq!(levels(60, 300.0, 60.0), [Level::Info; 3]);
        assert_eq!(levels(61, 301.0, 61.0), [Level::Warning; 3]);
        assert_eq!(levels(81, 3001.0, 601.0), [Level::Critical; 3]);
    }

    #[test]
    fn what_cannot_be_seen_has_no_value() {
        let sessions = Sessions { used: 1, most: 100, hidden: 2, query: 0.0, idle: 0.0 };
        let measures = judge(&sessions, &LIMITS);
        assert_eq!((measures[1].value, measures[1].said.as_str()), (None, "2 sessions cannot be seen"));
    }
}
