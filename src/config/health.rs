//! From when on `health` warns.

use serde::{Deserialize, Serialize};

/// The part `health` of the file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Health {
    /// Percent.
    pub connections: u32,
    pub query: String,
    pub idle_in_transaction: String,
    pub lock_wait: String,
    pub replication_lag: String,
    /// Percent.
    pub cache_hit: u32,
    /// Percent.
    pub growth: u32,
}

impl Default for Health {
    fn default() -> Self {
        let text = str::to_owned;
        Self {
            connections: 80,
            query: text("5min"),
            idle_in_transaction: text("5min"),
            lock_wait: text("30s"),
            replication_lag: text("30s"),
            cache_hit: 90,
            growth: 50,
        }
    }
}

impl Health {
    /// Those that are times, with where they stand.
    pub(super) fn times(&self) -> [(&'static str, &'static str, &String); 4] {
        let Self { connections: _, query, idle_in_transaction, lock_wait, replication_lag, cache_hit: _, growth: _ } =
            self;
        [
            ("health", "query", query),
            ("health", "idle_in_transaction", idle_in_transaction),
            ("health", "lock_wait", lock_wait),
            ("health", "replication_lag", replication_lag),
        ]
    }
}
