//! What is in a folder, and whose it looks like.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::source::convention::flyway;
use crate::source::convention::numbered::version;
use crate::source::convention::{Convention, Marks};
use crate::source::error::SourceError;
use crate::source::files::collect::collect;
use crate::sql::file::SqlFile;

/// A folder, read.
pub(super) struct Listing {
    pub(super) folder: PathBuf,
    /// All `*.sql` at any depth, by path.
    pub(super) files: Vec<Found>,
}

/// One file.
pub(super) struct Found {
    pub(super) file: Arc<SqlFile>,
    pub(super) name: String,
    /// The folder that it stands in, where that is not the one that is looked at.
    pub(super) within: Option<PathBuf>,
    pub(super) marks: Marks,
}

impl Listing {
    pub(super) fn read(folder: &Path) -> Result<Self, SourceError> {
        let files = collect(&[folder.to_owned()])?.into_iter().map(|file| {
            let path = Path::new(&file.path);
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let within = path.parent().filter(|parent| *parent != folder).map(Path::to_owned);
            let marks = Marks::of(&file);
            Found { name, within, marks, file }
        });
        let mut files: Vec<Found> = files.collect();
        files.sort_by(|a, b| Path::new(&a.file.path).cmp(Path::new(&b.file.path)));
        Ok(Self { folder: folder.to_owned(), files })
    }

    /// The files of the folder itself.
    pub(super) fn top(&self) -> impl Iterator<Item = &Found> {
        self.files.iter().filter(|found| found.within.is_none())
    }

    /// Those whose name begins with a number, which is what tools look at.
    pub(super) fn numbered(&self) -> impl Iterator<Item = &Found> {
        self.top().filter(|found| version(&found.name).is_some())
    }

    /// The folders in it that hold an `up.sql`.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&Path, &Found)> {
        let ups = self.files.iter().filter(|found| found.name == "up.sql");
        ups.filter_map(|found| Some((found.within.as_deref()?, found)))
            .filter(|(within, _)| within.parent() == Some(&self.folder))
    }

    pub(super) fn convention(&self) -> Convention {
        if self.top().next().is_none() && self.pairs().next().is_some() {
            let diesel = self.pairs().any(|(folder, _)| is_diesel(folder));
            return if diesel { Convention::Diesel } else { Convention::Pgplumb };
        }
        let all = |marked: fn(&Marks) -> bool| {
            self.numbered().next().is_some() && self.numbered().all(|found| marked(&found.marks))
        };
        let any = |marked: fn(&Marks) -> bool| self.numbered().any(|found| marked(&found.marks));
        if all(|marks| marks.goose_up.is_some()) {
            Convention::Goose
        } else if all(|marks| marks.dbmate_up.is_some()) {
            Convention::Dbmate
        } else if any(|marks| marks.goose_up.is_some() || marks.dbmate_up.is_some()) {
            Convention::Plain
        } else if any(|marks| marks.tern.is_some()) || self.folder.join("tern.conf").is_file() {
            Convention::Tern
        } else if self.files.iter().all(|found| flyway::is_name(&found.name)) {
            Convention::Flyway
        } else if self.numbered().count() < self.files.len() {
            Convention::Plain
        } else if any(|marks| marks.sqlx) {
            Convention::Sqlx
        } else if self.top().all(|found| found.name.ends_with(".up.sql") || found.name.ends_with(".down.sql")) {
            Convention::GolangMigrate
        } else {
            Convention::Plain
        }
    }
}

/// Diesel's times have dashes, and its first migration a name of its own.
fn is_diesel(folder: &Path) -> bool {
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let time = name.split('_').next().unwrap_or_default();
    time.contains('-')
        || name.ends_with("_diesel_initial_setup")
        || fs::exists(folder.join("metadata.toml")).unwrap_or(false)
}
