//! The files of another tool, as far as they say what its history does not.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::migrate::folder::Migration;
use crate::migrate::foreign::version::{parts, plain};
use crate::source::convention::{Convention, recognised};
use crate::source::error::SourceError;
use crate::sql::file::SqlFile;

/// A migration that lies in its tool's form.
#[derive(Debug)]
pub(super) struct Script {
    /// What its file, or its folder, is called, without an ending.
    pub stem: String,
    pub version: Option<String>,
    pub name: String,
    /// All of its file: what the tool makes a checksum of.
    pub file: Arc<SqlFile>,
    pub up: String,
    pub down: Option<String>,
}

/// Where migrations lie.
#[derive(Debug, Default)]
pub(super) struct Folder<'a> {
    pub scripts: Vec<Script>,
    /// All files at its top that are no SQL, and folders, by their names without endings.
    pub others: Vec<(String, PathBuf)>,
    /// Those in our own form.
    pub own: &'a [Migration],
}

impl<'a> Folder<'a> {
    /// Reads the folder. Where nobody named it, it may be empty or not there.
    pub(super) fn read(path: &Path, named: bool, own: &'a [Migration]) -> Result<Self, SourceError> {
        let found = match recognised(path) {
            Ok((Convention::Pgplumb, _)) => Vec::new(),
            Ok((_, found)) => found,
            Err(SourceError::NotThere { .. }) if !named => return Ok(Self { own, ..Self::default() }),
            Err(SourceError::NoSql { .. }) => Vec::new(),
            Err(error) => return Err(error),
        };
        let is_own = |stem: &str| own.iter().any(|own| own.id == stem);
        let scripts = found.into_iter().filter_map(|found| {
            let path = Path::new(&found.up.file.path);
            let folder = path.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
            // Prisma names the folder, and calls all files alike.
            let stem = match folder {
                Some(folder) if path.file_name().is_some_and(|name| name == "migration.sql") => folder,
                _ => found.id.strip_suffix(".up").unwrap_or(&found.id).to_owned(),
            };
            let (version, name) = parts(&stem);
            let (up, down) = (found.up.text().to_owned(), found.down.map(|down| down.text().to_owned()));
            (!is_own(&stem)).then_some(Script { stem, version, name, file: found.up.file, up, down })
        });
        Ok(Self { scripts: scripts.collect(), others: others(path), own })
    }

    /// What files say that a version is called.
    pub(super) fn names(&self) -> BTreeMap<String, String> {
        let of = |(stem, _): &(String, PathBuf)| match parts(stem) {
            (Some(version), name) if !name.is_empty() => Some((plain(&version), name)),
            _ => None,
        };
        self.others.iter().filter_map(of).collect()
    }
}

fn others(folder: &Path) -> Vec<(String, PathBuf)> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<(String, PathBuf)> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_none_or(|ending| ending != "sql"))
        .filter_map(|path| Some((path.file_stem()?.to_string_lossy().into_owned(), path)))
        .collect();
    found.sort();
    found
}
