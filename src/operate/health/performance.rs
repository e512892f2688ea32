//! How large the database and its tables are, whether it is read from memory, and whether standbys keep up.

use serde::Deserialize;

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::row::decode;
use crate::observe::size::bytes;
use crate::operate::health::{Area, Level, Limits, Measure, of_time};
use crate::operate::sizes::{self, Before, Table, grown};

/// One row. Standbys that the role may not see have no state.
const SQL: &str = "
    SELECT
        pg_catalog.pg_database_size(d.datname) AS size,
        d.blks_hit AS hits,
        d.blks_read AS reads,
        d.deadlocks AS deadlocks,
        (SELECT count(*) FROM pg_catalog.pg_stat_replication) AS standbys,
        (SELECT count(*) FROM pg_catalog.pg_stat_replication WHERE state IS NULL) AS hidden,
        (SELECT coalesce(max(extract(epoch FROM replay_lag)), 0) FROM pg_catalog.pg_stat_replication)::double precision AS lag
    FROM pg_catalog.pg_stat_database AS d
    WHERE d.datname = pg_catalog.current_database()";

/// Of fewer blocks nothing follows.
const ENOUGH: i64 = 10_000;

#[derive(Deserialize)]
struct Facts {
    size: i64,
    hits: i64,
    reads: i64,
    deadlocks: i64,
    standbys: i64,
    hidden: i64,
    lag: f64,
}

pub(super) fn look(connection: &mut Connection, limits: &Limits) -> Result<Vec<Measure>, DbError> {
    let rows = connection.query_with(SQL, &[])?;
    let row = rows.first().ok_or_else(|| DbError::unexpected("a database without a row"))?;
    let mut measures = judge(&decode(row)?, limits);
    measures.extend(match sizes::look(connection) {
        Ok((tables, before)) => tables_measured(tables, &before, limits),
        // Somebody locked a table after it was looked for who does.
        Err(error) if error.sqlstate() == Some("55P03") => unseen(),
        Err(error) => return Err(error),
    });
    Ok(measures)
}

const LARGEST: (&str, &str) = ("largest_table_bytes", "how large the largest table is, with its indexes");
const GROWN: (&str, &str) = ("table_growth_ratio", "the large table that grew most since an earlier report");

/// Tables that are smaller may grow as they like; as in `verify`.
const LARGE: i64 = 8 << 20;

#[expect(clippy::cast_precision_loss, reason = "numbers for a dashboard")]
fn tables_measured(tables: Vec<Table>, before: &[Before], limits: &Limits) -> Vec<Measure> {
    let largest = tables.first().map(|table| (table.bytes as f64, shown(table)));
    let grown = grown(tables, before).into_iter().filter(|table| table.bytes >= LARGE);
    let most = grown.max_by(|a, b| a.ratio().total_cmp(&b.ratio()).then_with(|| b.relation.cmp(&a.relation)));
    let (value, said) = largest.map_or((None, "there is no table".to_owned()), |(bytes, said)| (Some(bytes), said));
    let (ratio, growth) = match (before.first(), most) {
        (None, _) => (None, "there is no earlier report".to_owned()),
        (Some(_), None) => (None, "there is no large table".to_owned()),
        (Some(Before { since, .. }), Some(table)) => {
            let ratio = table.ratio();
            (Some(ratio), format!("{}, {:+.0} % since {since}", table.relation, ratio * 100.0))
        }
    };
    let too_fast = ratio.is_some_and(|ratio| ratio * 100.0 > limits.growth);
    let level = if too_fast { Level::Warning } else { Level::Info };
    vec![measure(LARGEST, value, Level::Info, said), measure(GROWN, ratio, level, growth)]
}

fn shown(table: &Table) -> String {
    format!("{}, {}", table.relation, bytes(table.bytes.unsigned_abs()))
}

fn unseen() -> Vec<Measure> {
    let one = |of| measure(of, None, Level::Info, "somebody has locked a table".to_owned());
    vec![one(LARGEST), one(GROWN)]
}

fn measure((name, what): (&'static str, &'static str), value: Option<f64>, level: Level, said: String) -> Measure {
    Measure { area: Area::Performance, name, what, value, level, said }
}

#[expect(clippy::cast_precision_loss, reason = "numbers for a dashboard")]
fn judge(facts: &Facts, limits: &Limits) -> Vec<Measure> {
    let Facts { size, hits, reads, deadlocks, standbys, hidden, lag } = *facts;
    let area = Area::Performance;
    let info =
        |name, what, value: f64, said| Measure { area, name, what, value: Some(value), level: Level::Info, said };
    let blocks = hits.saturating_add(reads);
    let ratio = (blocks >= ENOUGH).then(|| hits as f64 / blocks as f64);
    let (level, said) = match ratio {
        None => (Level::Info, "too little was read to say".to_owned()),
        Some(ratio) if ratio * 100.0 < limits.cache_hit => (Level::Warning, format!("{:.1} %", ratio * 100.0)),
        Some(ratio) => (Level::Info, format!("{:.1} %", ratio * 100.0)),
    };
    let what = "blocks that were in memory, of those that were read";
    let cache = Measure { area, name: "cache_hit_ratio", what, value: ratio, level, said };
    let seen = standbys > 0 && hidden == 0;
    let said = match (standbys, hidden) {
        (0, _) => "there is no standby".to_owned(),
        (_, 0) => format!("{lag:.1} s"),
        _ => "standbys cannot be seen".to_owned(),
    };
    let level = if seen { of_time(lag, limits.replication_lag) } else { Level::Info };
    let what = "the standby that is furthest behind";
    let lag = Measure { area, name: "replication_lag_seconds", what, value: seen.then_some(lag), level, said };
    vec![
        info("database_bytes", "how large the database is", size as f64, bytes(size.unsigned_abs())),
        cache,
        info("deadlocks", "deadlocks since the server began to count", deadlocks as f64, deadlocks.to_string()),
        lag,
    ]
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn little_read_says_nothing_and_much_from_disk_is_a_warning() {
        let limits = Limits {
            connections: 80.0,
            query: Duration::ZERO,
            idle_in_transaction: Duration::ZERO,
            lock_wait: Duration::ZERO,
            replication_lag: Duration::from_secs(30),
            cache_hit: 90.0,
            growth: 50.0,
        };
        let seen = |hits, reads, lag| {
            let facts = Facts { size: 8 << 20, hits, reads, deadlocks: 0, standbys: 1, hidden: 0, lag };
            judge(&facts, &limits).into_iter().map(|measure| (measure.level, measure.said)).collect::<Vec<_>>()
        };
        assert_eq!(seen(50, 50, 0.0)[1], (Level::Info, "too little was read to say".to_owned()));
        assert_eq!(seen(80_000, 20_000, 0.0)[1], (Level::Warning, "80.0 %".to_owned()));
        assert_eq!(seen(95_000, 5_000, 31.0)[3], (Level::Warning, "31.0 s".to_owned()));
        assert_eq!(seen(95_000, 5_000, 0.0)[0].1, "8 MB");
    }
}
