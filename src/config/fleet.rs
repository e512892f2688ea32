//! How many databases are worked on with one command.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The part `fleet` of the file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fleet {
    /// The schema that the files and migrations are written for, where each tenant has one of its own like it.
    pub schema: Option<String>,
    /// Targets that come first, by name.
    pub canary: Vec<String>,
    /// How many come first where none is named.
    pub canaries: usize,
    /// How many at once.
    pub jobs: usize,
    /// How many may fail before nothing more is begun; zero is no limit.
    pub max_failures: usize,
    /// Where the last run is written down.
    pub folder: PathBuf,
}

impl Default for Fleet {
    fn default() -> Self {
        Self {
            schema: None,
            canary: Vec::new(),
            canaries: 0,
            jobs: 4,
            max_failures: 1,
            folder: PathBuf::from("reports"),
        }
    }
}
