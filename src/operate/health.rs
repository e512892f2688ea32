//! How a database in use is doing: measures by area, each held against a limit.

pub mod connections;
pub mod locks;
pub mod migrations;
pub mod performance;
pub mod report;

use std::time::Duration;

use serde::Serialize;

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::operate::health::report::Health;
use crate::operate::preflight::asked::Migrations;

/// What a measure is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Area {
    Connections,
    Migrations,
    Performance,
    Locks,
}

impl Area {
    pub const ALL: [Self; 4] = [Self::Connections, Self::Migrations, Self::Performance, Self::Locks];
}

/// What a value means.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    Info,
    Warning,
    Critical,
}

/// One number.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Measure {
    pub area: Area,
    /// `connections_used_ratio`: with its unit, as Prometheus wants it.
    pub name: &'static str,
    /// What it is, for somebody who reads it on a dashboard.
    pub what: &'static str,
    /// None where the role may not see it, or there is nothing to measure.
    pub value: Option<f64>,
    pub level: Level,
    /// For a person: `12 of 100`.
    pub said: String,
}

/// From when on a value is worth a word.
#[derive(Clone, PartialEq, Debug)]
pub struct Limits {
    /// Of the connections that there can be, in percent.
    pub connections: f64,
    pub query: Duration,
    pub idle_in_transaction: Duration,
    pub lock_wait: Duration,
    pub replication_lag: Duration,
    /// Of the blocks that are read, those that are in memory; in percent, and a limit from below.
    pub cache_hit: f64,
    /// How much larger a table may be than in the report before, in percent.
    pub growth: f64,
}

/// Measures these areas.
///
/// # Errors
/// What the server says, or that it went away.
pub fn look(
    connection: &mut Connection,
    areas: &[Area],
    limits: &Limits,
    migrations: Option<&Migrations>,
) -> Result<Health, DbError> {
    let mut measures = Vec::new();
    for area in areas {
        measures.extend(match area {
            Area::Connections => connections::look(connection, limits)?,
            Area::Migrations => migrations::look(migrations),
            Area::Performance => performance::look(connection, limits)?,
            Area::Locks => locks::look(connection, limits)?,
        });
    }
    Ok(Health { measures })
}

/// The level of a time that may be so long; ten times that is critical.
fn of_time(seconds: f64, limit: Duration) -> Level {
    let limit = limit.as_secs_f64();
    match seconds {
        _ if seconds > limit * 10.0 => Level::Critical,
        _ if seconds > limit => Level::Warning,
        _ => Level::Info,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_times_too_long_is_critical() {
        let levels = [30.0, 31.0, 301.0].map(|seconds| of_time(seconds, Duration::from_secs(30)));
        assert_eq!(levels, [Level::Info, Level::Warning, Level::Critical]);
    }
}
