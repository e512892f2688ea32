//! How backups are made, and how long they are kept.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The part `backup` of the file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Backup {
    /// Relative to the configuration.
    pub folder: PathBuf,
    pub format: Format,
    pub jobs: u32,
    pub compress: Compress,
    pub recipients: Vec<String>,
    pub identity: Option<PathBuf>,
    pub keep: Keep,
    /// The column that says when a row was changed, by table or by pattern.
    pub since: BTreeMap<String, String>,
}

impl Default for Backup {
    fn default() -> Self {
        Self {
            folder: PathBuf::from("backups"),
            format: Format::default(),
            jobs: 1,
            compress: Compress::default(),
            recipients: Vec::new(),
            identity: None,
            keep: Keep::default(),
            since: BTreeMap::new(),
        }
    }
}

/// How `pg_dump` writes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    #[default]
    Custom,
    Directory,
}

/// What makes a backup smaller: `none`, `gzip:1` to `gzip:9`, `zstd:1` to `zstd:22`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Compress {
    None,
    Gzip(u32),
    Zstd(u32),
}

impl Default for Compress {
    fn default() -> Self {
        Self::Zstd(3)
    }
}

impl TryFrom<String> for Compress {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("`{text}` is none of `none`, `gzip:1` to `gzip:9`, `zstd:1` to `zstd:22`");
        let (name, level) = text.split_once(':').map_or((text.as_str(), None), |(name, level)| (name, Some(level)));
        let level = level.map(str::parse::<u32>).transpose().map_err(|_| wrong())?;
        match (name, level) {
            ("none", None) => Ok(Self::None),
            ("gzip", None) => Ok(Self::Gzip(6)),
            ("gzip", Some(level @ 1..=9)) => Ok(Self::Gzip(level)),
            ("zstd", None) => Ok(Self::Zstd(3)),
            ("zstd", Some(level @ 1..=22)) => Ok(Self::Zstd(level)),
            _ => Err(wrong()),
        }
    }
}

impl From<Compress> for String {
    fn from(compress: Compress) -> Self {
        match compress {
            Compress::None => "none".to_owned(),
            Compress::Gzip(level) => format!("gzip:{level}"),
            Compress::Zstd(level) => format!("zstd:{level}"),
        }
    }
}

/// What `backup prune` keeps.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Keep {
    pub pre_migration: String,
    pub daily: usize,
    pub weekly: usize,
    pub monthly: usize,
}

impl Default for Keep {
    fn default() -> Self {
        Self { pre_migration: "30d".to_owned(), daily: 7, weekly: 4, monthly: 12 }
    }
}

impl Backup {
    /// Those that are times, with where they stand.
    pub(super) fn times(&self) -> [(&'static str, &'static str, &String); 1] {
        [("keep", "pre_migration", &self.keep.pre_migration)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_one_of_its_program() {
        for (text, compress) in
            [("none", Compress::None), ("gzip:9", Compress::Gzip(9)), ("zstd:22", Compress::Zstd(22))]
        {
            assert_eq!(Compress::try_from(text.to_owned()), Ok(compress));
            assert_eq!(String::from(compress), text);
        }
        assert_eq!(Compress::try_from("zstd".to_owned()), Ok(Compress::Zstd(3)));
        for wrong in ["gzip:0", "gzip:10", "zstd:23", "zstd:fast", "none:1", "lz4"] {
            assert!(Compress::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }
}
