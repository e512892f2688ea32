//! Seeds: files of rows that an environment begins with. Each runs in a transaction of its own with the row of the books
//! that says so, and again only where its text is another.

pub mod past;
mod run;
mod script;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::row::document;
use crate::migrate::error::MigrateError;
use crate::migrate::folder::hash;
use crate::migrate::seed::script::Whole;
use crate::source::error::SourceError;
use crate::source::files::collect::read as read_text;
use crate::sql::file::SqlFile;

/// One file.
#[derive(Clone, Debug)]
pub struct File {
    /// From the folder of the seeds: `10_countries.sql`, `staging/20_users.sql`.
    pub name: String,
    text: Arc<SqlFile>,
}

impl File {
    pub fn sha256(&self) -> Vec<u8> {
        hash(&self.text.text)
    }
}

/// One that can be run.
#[derive(Clone, Debug)]
pub struct Seed {
    pub file: File,
    script: Whole,
}

impl Seed {
    /// # Errors
    /// When it has what only psql can do, or is not one transaction.
    pub fn parse(file: File) -> Result<Self, MigrateError> {
        let script = Whole::parse(&file.text)?;
        Ok(Self { file, script })
    }

    /// How many statements do something.
    pub fn steps(&self) -> usize {
        self.script.steps()
    }
}

/// What is asked of a run that seeds.
#[derive(Clone, Debug, Default)]
pub struct Seeds {
    /// In the order in which they run.
    pub all: Vec<Seed>,
    /// What the books say they were run for.
    pub environment: Option<String>,
    /// How long a statement waits for a lock, and how long it may run, as Postgres reads them; a seed may set others.
    pub lock_timeout: String,
    pub statement_timeout: String,
}

/// How a seed stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    Run,
    Pending,
    /// Its text is another than that which was run last.
    Changed,
    /// A migration that was there when it ran was rolled back since, and may have taken its rows along.
    Again,
    /// The books have it, and there is no such file.
    Missing,
}

impl Standing {
    pub fn words(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Pending => "pending",
            Self::Changed => "changed since it was run",
            Self::Again => "a migration was rolled back since it was run",
            Self::Missing => "run, and its file is gone",
        }
    }

    /// Whether `--seed` runs it.
    pub fn is_due(self) -> bool {
        matches!(self, Self::Pending | Self::Changed | Self::Again)
    }

    fn of(file: &File, done: &[Done]) -> Self {
        match done.iter().find(|done| done.name == file.name) {
            None => Self::Pending,
            Some(done) if done.sha256 != hex(&file.sha256()) => Self::Changed,
            Some(done) if done.undone => Self::Again,
            Some(_) => Self::Run,
        }
    }
}

/// The last run of a seed, as the books have it.
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub struct Done {
    pub name: String,
    /// Lower-case hex.
    pub sha256: String,
    pub environment: Option<String>,
    pub applied_by: String,
    pub applied_from: Option<String>,
    pub applied_at: String,
    pub seconds: Option<f64>,
    pub ticket: Option<String>,
    undone: bool,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        // A string takes everything.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// One seed, with what the books say of it.
#[derive(Debug)]
pub struct Entry<'a> {
    pub name: &'a str,
    pub standing: Standing,
    pub done: Option<&'a Done>,
}

/// Reads the seeds of all environments, which lie in the folder itself, and then those of one, which lie in a folder of its
/// name. Each by name; what starts with a dot and what lies deeper is left out.
///
/// # Errors
/// `NoSeeds` where there is no such folder; a file that cannot be read.
pub fn read(folder: &Path, environment: Option<&str>) -> Result<Vec<File>, MigrateError> {
    if !folder.is_dir() {
        return Err(MigrateError::NoSeeds { path: folder.to_owned() });
    }
    let mut found = Vec::new();
    for (name, path) in scripts(folder)? {
        found.push(File { name, text: read_text(&path)? });
    }
    let below = environment.map(|name| (name, folder.join(name))).filter(|(_, path)| path.is_dir());
    if let Some((environment, below)) = below {
        for (name, path) in scripts(&below)? {
            found.push(File { name: format!("{environment}/{name}"), text: read_text(&path)? });
        }
    }
    Ok(found)
}

/// The names and paths of the scripts that lie in a folder.
fn scripts(folder: &Path) -> Result<Vec<(String, PathBuf)>, MigrateError> {
    let unreadable = |cause| SourceError::Unreadable { path: folder.to_owned(), cause };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let sql = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("sql"));
        if sql && !name.starts_with('.') && path.is_file() {
            found.push((name, path));
        }
    }
    found.sort();
    Ok(found)
}

/// The last run of each seed, by name; none where the books are older than seeds.
///
/// # Errors
/// What the server says, or that it went away.
pub fn done(connection: &mut Connection) -> Result<Vec<Done>, DbError> {
    if connection.query_text("SELECT pg_catalog.to_regclass('pgplumb.seed')::text")?.is_none() {
        return Ok(Vec::new());
    }
    connection.query_with(include_str!("seed/done.sql"), &[])?.iter().map(document).collect()
}

/// Whether the role may look at that, where there is anything to look at: books that it was let into may be older than seeds.
///
/// # Errors
/// What the server says, or that it went away.
pub fn may_look(connection: &mut Connection) -> Result<bool, DbError> {
    let sql = "SELECT pg_catalog.has_table_privilege(pg_catalog.to_regclass('pgplumb.seed'), 'SELECT')::text";
    Ok(connection.query_text(sql)?.as_deref() != Some("false"))
}

/// Those that `--seed` would run, in their order.
///
/// # Errors
/// As `done`.
pub fn due<'a>(connection: &mut Connection, seeds: &'a Seeds) -> Result<Vec<(&'a Seed, Standing)>, DbError> {
    if seeds.all.is_empty() {
        return Ok(Vec::new());
    }
    let done = done(connection)?;
    let all = seeds.all.iter().map(|seed| (seed, Standing::of(&seed.file, &done)));
    Ok(all.filter(|(_, standing)| standing.is_due()).collect())
}

/// How all stand: the files in their order, and then by name what the books have beside them. Of one that is there, but for
/// another environment, the text is looked at as well.
pub fn survey<'a>(files: &'a [File], done: &'a [Done], folder: &Path) -> Vec<Entry<'a>> {
    let of = |name: &str| done.iter().find(|done| done.name == name);
    let one = |file: &'a File| Entry { name: &file.name, standing: Standing::of(file, done), done: of(&file.name) };
    let mut entries: Vec<Entry> = files.iter().map(one).collect();
    let mut beside: Vec<&Done> = done.iter().filter(|done| !files.iter().any(|file| file.name == done.name)).collect();
    beside.sort_by(|a, b| a.name.cmp(&b.name));
    entries.extend(beside.into_iter().map(|done| {
        let standing = match fs::read(folder.join(&done.name)) {
            Err(_) => Standing::Missing,
            Ok(text) if hex(&Sha256::digest(&text)) != done.sha256 => Standing::Changed,
            Ok(_) if done.undone => Standing::Again,
            Ok(_) => Standing::Run,
        };
        Entry { name: &done.name, standing, done: Some(done) }
    }));
    entries
}

#[cfg(test)]
mod tests;
