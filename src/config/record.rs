//! What is kept of each run: a log while it goes on, and a report at its end.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The part `logs` of the file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Logs {
    pub enabled: bool,
    /// Relative to the configuration.
    pub folder: PathBuf,
    pub level: Level,
    pub keep: String,
    /// How many files.
    pub most: usize,
    /// How large a file gets, in bytes.
    #[serde(deserialize_with = "crate::config::lint::bytes")]
    pub size: u64,
}

/// The part `reports` of the file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reports {
    pub enabled: bool,
    /// Relative to the configuration.
    pub folder: PathBuf,
    pub keep: String,
    /// How many files.
    pub most: usize,
}

/// What a log has: this, and what is worse.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Error,
    Warn,
    #[default]
    Info,
    Debug,
}

impl Default for Logs {
    fn default() -> Self {
        Self {
            enabled: true,
            folder: PathBuf::from("logs"),
            level: Level::default(),
            keep: "30d".to_owned(),
            most: 1000,
            size: 10 << 20,
        }
    }
}

impl Default for Reports {
    fn default() -> Self {
        Self { enabled: true, folder: PathBuf::from("reports"), keep: "90d".to_owned(), most: 1000 }
    }
}

impl Logs {
    /// Those that are times, with where they stand.
    pub(super) fn times(&self) -> [(&'static str, &'static str, &String); 1] {
        [("logs", "keep", &self.keep)]
    }
}

impl Reports {
    /// Those that are times, with where they stand.
    pub(super) fn times(&self) -> [(&'static str, &'static str, &String); 1] {
        [("reports", "keep", &self.keep)]
    }
}
