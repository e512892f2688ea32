//! What a command knows that the checks cannot find out by themselves.

use std::path::PathBuf;
use std::time::Duration;

use crate::base::pattern::Pattern;
use crate::base::place::Place;

/// What the checks are told.
#[derive(Clone, Default, Debug)]
pub struct Asked {
    pub limits: Limits,
    /// Schemas that nobody changes with this tool.
    pub exclude: Vec<Pattern>,
    /// Extensions that the schema files create, and where.
    pub extensions: Vec<(String, Place)>,
    /// Folders that are written to: what for, and where.
    pub folders: Vec<(&'static str, PathBuf)>,
    pub files: Vec<File>,
    pub variables: Vec<Variable>,
    /// How long ago the last whole backup of the database was made; none where there is none.
    pub last_backup: Option<Duration>,
    /// How the migrations stand; none where that is not known.
    pub migrations: Option<Migrations>,
}

/// From when on something is worth a warning.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Limits {
    pub clock_skew: Duration,
    /// How long a transaction may be open.
    pub transaction: Duration,
    pub replication_lag: Duration,
    pub backup_age: Duration,
    /// Bytes that are to be free on a disk.
    pub disk_free: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            clock_skew: Duration::from_secs(5),
            transaction: Duration::from_secs(5 * 60),
            replication_lag: Duration::from_secs(30),
            backup_age: Duration::from_secs(25 * 60 * 60),
            disk_free: 1 << 30,
        }
    }
}

/// A file that others should not read, or not write.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct File {
    /// `configuration`, `password file`.
    pub role: &'static str,
    pub path: PathBuf,
    /// Whether it holds what lets somebody in.
    pub secret: bool,
}

/// An environment variable that is to be set. The value is looked at and never kept in what is found.
#[derive(Clone, PartialEq, Eq)]
pub struct Variable {
    pub name: String,
    /// None where it is not set; text that is not UTF-8 is not, either.
    pub value: Option<String>,
    /// Characters.
    pub min_length: usize,
    /// Whether it is to be hard to guess.
    pub secret: bool,
}

impl std::fmt::Debug for Variable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Variable").field("name", &self.name).finish_non_exhaustive()
    }
}

/// How many migrations stand how, by their names.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Migrations {
    pub pending: Vec<String>,
    /// Failed, or cut off half-way.
    pub failed: Vec<String>,
    /// Applied, and their files are others now, or gone.
    pub changed: Vec<String>,
}
