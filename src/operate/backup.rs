//! Backups: one folder each, with what `pg_dump` wrote and a manifest that says what is in it.
//!
//! A backup is made under a temporary name and renamed when all of it is on the disk, so that one that was cut off is never
//! taken for whole. The rows are counted, and the schema is measured, in the snapshot that is dumped.

pub mod dump;
pub mod load;
pub mod manifest;
pub mod pack;
pub mod prune;
pub mod rows;
pub mod shelf;
pub mod since;
pub mod verify;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// What is in a backup.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The schema and all rows.
    Full,
    Schema,
    /// Rows, of all tables or of some. The schema lies beside them, so that they can be verified.
    Data,
    /// Rows that changed since a date, of some tables, with the schema beside them as well.
    Since,
}

impl Kind {
    pub fn word(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Schema => "schema",
            Self::Data => "data",
            Self::Since => "since",
        }
    }
}

/// Why it was made, which decides how long it is kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// By hand or by a clock.
    Regular,
    /// Before migrations were applied or rolled back.
    PreMigration,
}

/// How `pg_dump` writes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// One file.
    #[default]
    Custom,
    /// A folder with a file for each table, by several jobs at once.
    Directory,
}

/// What makes it smaller, and how hard it tries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Compress {
    None,
    /// By `pg_dump` itself, level 1 to 9.
    Gzip(u32),
    /// Level 1 to 22.
    Zstd(i32),
}

/// How backups are made and read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settings {
    pub folder: PathBuf,
    pub format: Format,
    pub jobs: u32,
    pub compress: Compress,
    /// Public keys of age.
    pub recipients: Vec<String>,
    /// The file with the keys that open it.
    pub identity: Option<PathBuf>,
}
