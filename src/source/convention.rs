//! Folders of migrations as many tools lay them out, told apart by what is in them.
//!
//! What matters to us of each: which text runs, in which order, what takes it back, and whether all of it runs in one
//! transaction. Where a folder could be of two tools, the one counts that lets more through: a linter that is wrong about
//! the tool must not cry wolf. What is of no tool that we know is plain SQL, file by file in the order of the names.

mod file;
mod flyway;
mod folder;
mod listing;
mod numbered;
mod plain;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::source::convention::file::Marks;
use crate::source::convention::listing::Listing;
use crate::source::cut_off;
use crate::source::error::SourceError;
use crate::sql::file::SqlFile;
use crate::sql::split::{Statement, split_part};
use crate::sql::words::begins;

/// One migration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Migration {
    /// What a person calls it: the name of its file or folder without endings, `0003_orders`.
    pub id: String,
    pub up: Piece,
    pub down: Option<Piece>,
    /// Whether its tool runs all of the up in one transaction.
    pub in_transaction: bool,
    /// Whether it runs anew when its text is another: what takes it back is its text of before.
    pub repeats: bool,
}

/// A part of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Piece {
    pub file: Arc<SqlFile>,
    pub bytes: Range<usize>,
}

impl Piece {
    pub(crate) fn whole(file: Arc<SqlFile>) -> Self {
        let bytes = 0..file.text.len();
        Self { file, bytes }
    }

    /// Its statements, at their places in the file.
    pub fn statements(&self) -> Vec<Statement> {
        split_part(&self.file, self.bytes.clone())
    }

    pub fn text(&self) -> &str {
        self.file.text.get(self.bytes.clone()).unwrap_or_default()
    }
}

/// Who laid a folder out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Convention {
    Plain,
    /// `<UTC time>_<name>/up.sql`: our own.
    Pgplumb,
    /// The same with its own names, and `metadata.toml`.
    Diesel,
    /// `1_name.up.sql`, `1_name.down.sql`.
    GolangMigrate,
    /// The same, or `1_name.sql`; known by `-- no-transaction`.
    Sqlx,
    /// `-- migrate:up`, `-- migrate:down`.
    Dbmate,
    /// `-- +goose Up`, `-- +goose Down`.
    Goose,
    /// `---- create above / drop below ----`.
    Tern,
    /// `V1.1__name.sql`, `U1.1__name.sql`, `R__name.sql`; refinery has names of the same form.
    Flyway,
}

/// The migrations of a folder in the order in which they run; of a file, those that it is a part of.
///
/// # Errors
/// When the folder or a file cannot be read, nothing is in it, some were being moved, a file lacks what its tool needs, or
/// two migrations have one version.
pub fn discover(path: &Path) -> Result<Vec<Migration>, SourceError> {
    if !path.exists() {
        return Err(SourceError::NotThere { path: path.to_owned() });
    }
    if !path.is_dir() {
        let path = folder_of(path).join(below(path));
        let of_file = |piece: &Piece| Path::new(&piece.file.path) == path;
        let all = discover(&folder_of(&path))?.into_iter();
        return Ok(all.filter(|one| of_file(&one.up) || one.down.as_ref().is_some_and(of_file)).collect());
    }
    Ok(recognised(path)?.1)
}

/// The same, with who laid the folder out.
///
/// # Errors
/// Those of `discover`.
pub fn recognised(folder: &Path) -> Result<(Convention, Vec<Migration>), SourceError> {
    cut_off::refused(folder)?;
    let listing = Listing::read(folder)?;
    let convention = listing.convention();
    let migrations = match convention {
        Convention::Plain => plain::migrations(&listing),
        Convention::Pgplumb | Convention::Diesel => folder::migrations(&listing, convention)?,
        Convention::Flyway => flyway::migrations(&listing)?,
        _ => numbered::migrations(&listing, convention)?,
    };
    Ok((convention, migrations))
}

/// The folder of migrations that a file is a part of: `up.sql` stands in one that is itself a migration.
pub fn folder_of(file: &Path) -> PathBuf {
    let here = |path: &Path| if path.as_os_str().is_empty() { PathBuf::from(".") } else { path.to_owned() };
    let parent = file.parent().unwrap_or(Path::new(""));
    let of_two = matches!(file.file_name().and_then(|name| name.to_str()), Some("up.sql" | "down.sql"));
    let named = parent.file_name().is_some_and(|name| name.to_string_lossy().starts_with(|c: char| c.is_ascii_digit()));
    if of_two && named { here(parent.parent().unwrap_or(Path::new(""))) } else { here(parent) }
}

/// The path of a file from the folder of migrations on.
fn below(file: &Path) -> PathBuf {
    let folder = folder_of(file);
    file.strip_prefix(&folder).unwrap_or(file).to_owned()
}

/// Whether a tool that hands over all of the text at once has it run in one transaction without saying so: Postgres does
/// that with several statements, unless they begin one themselves.
fn as_one(up: &Piece) -> bool {
    let statements = up.statements();
    statements.len() > 1 && !statements.iter().any(|statement| begins(statement.sql(), &["BEGIN|START"]))
}

/// The migrations, with an error where two have the same version.
fn unique<V: Ord>(found: Vec<(V, Migration)>) -> Result<Vec<Migration>, SourceError> {
    let mut by_version = BTreeMap::new();
    for (version, migration) in found {
        let path = migration.up.file.path.clone();
        if let Some(first) = by_version.insert(version, migration) {
            return Err(SourceError::SameVersion { first: first.up.file.path.clone(), second: path });
        }
    }
    Ok(by_version.into_values().collect())
}

#[cfg(test)]
mod tests;
