//! What a backup says of itself: version 1, described by `docs/schema/backup.v1.json`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::operate::backup::since::Since;
use crate::operate::backup::{Format, Kind, Purpose};
use crate::scratch::target::Locale;

/// The name of its file.
pub const FILE: &str = "manifest.json";

/// The archive of the rows, or of all; a folder in the directory format.
pub const ARCHIVE: &str = "dump";

/// The archive of the schema beside rows.
pub const SCHEMA: &str = "schema";

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Manifest {
    pub version: u32,
    pub tool: String,
    /// The name of its folder.
    pub name: String,
    pub kind: Kind,
    pub purpose: Purpose,
    pub database: String,
    /// The host; for a person.
    pub server: String,
    pub server_version: String,
    /// The major version of the programs that wrote it.
    pub program: u32,
    /// RFC 3339, in UTC.
    pub started_at: String,
    pub milliseconds: u64,
    pub format: Format,
    /// What was done to each file after `pg_dump` had written it, first to last.
    pub layers: Vec<Layer>,
    /// SHA-256 of the schema, as `status` and `verify` measure it.
    pub fingerprint: String,
    /// How many rows each table has in it; none for a schema.
    pub rows: BTreeMap<String, u64>,
    /// Whether only some tables are in it.
    pub partial: bool,
    /// What `partial` means where it has only rows that changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Since>,
    /// The roles that it names, and whether each is a superuser.
    pub roles: BTreeMap<String, bool>,
    /// What a database must have to take it as it was.
    pub locale: Locale,
    pub settings: BTreeMap<String, String>,
    pub libraries: Vec<String>,
    pub files: Vec<File>,
}

/// One step on the way to the disk.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    Zstd,
    Age,
}

/// A file of it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct File {
    /// From its folder on.
    pub path: String,
    pub bytes: u64,
    /// Lower-case hex.
    pub sha256: String,
}

impl Manifest {
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }
}
