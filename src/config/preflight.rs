//! What `preflight` is to look at, and from when on something is worth a warning.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::config::lint::bytes;

/// The part `preflight` of the file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Preflight {
    /// Environment variables that are to be set, by name.
    pub variables: BTreeMap<String, Variable>,
    pub clock_skew: String,
    pub transaction: String,
    pub replication_lag: String,
    pub backup_age: String,
    #[serde(deserialize_with = "bytes")]
    pub disk_free: u64,
}

/// What is asked of a variable.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Variable {
    /// Characters.
    pub min_length: usize,
    pub secret: bool,
}

impl Default for Preflight {
    fn default() -> Self {
        let text = str::to_owned;
        Self {
            variables: BTreeMap::new(),
            clock_skew: text("5s"),
            transaction: text("5min"),
            replication_lag: text("30s"),
            backup_age: text("25h"),
            disk_free: 1 << 30,
        }
    }
}

impl Preflight {
    /// Those that are times, with where they stand.
    pub(super) fn times(&self) -> [(&'static str, &'static str, &String); 4] {
        let Self { variables: _, clock_skew, transaction, replication_lag, backup_age, disk_free: _ } = self;
        [
            ("preflight", "clock_skew", clock_skew),
            ("preflight", "transaction", transaction),
            ("preflight", "replication_lag", replication_lag),
            ("preflight", "backup_age", backup_age),
        ]
    }
}
