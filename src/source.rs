//! Where a state comes from: schema files, a live database, replayed migrations, a snapshot. Each gives a catalog.

pub mod convention;
pub mod cut_off;
pub mod error;
pub mod files;
pub mod leave;
pub mod live;
pub mod migrations;
pub mod owned;
pub mod role;
pub mod snapshot;

use std::path::{Path, PathBuf};

use crate::db::url::ConnectionString;
use crate::source::error::SourceError;

/// What a person names as one side of a comparison.
#[derive(Clone, Debug)]
pub enum Source {
    Database(ConnectionString),
    /// SQL files, and folders of them.
    Files(Vec<PathBuf>),
    Migrations(PathBuf),
    Snapshot(PathBuf),
}

impl Source {
    /// Decides by what is there: a connection string, a snapshot, a folder of migrations, or else SQL.
    ///
    /// # Errors
    /// When it is no connection string and there is no such file or folder.
    pub fn parse(text: &str) -> Result<Self, SourceError> {
        let path = Path::new(text);
        if is_url(text) || (text.contains('=') && !path.exists()) {
            return Ok(Self::Database(ConnectionString::parse(text)?));
        }
        Self::at(path)
    }

    /// As `parse`, for a path.
    ///
    /// # Errors
    /// When nothing is there.
    pub fn at(path: &Path) -> Result<Self, SourceError> {
        if !path.exists() {
            return Err(SourceError::NotThere { path: path.to_owned() });
        }
        let path = path.to_owned();
        if path.join("up.sql").is_file() && path.join("down.sql").is_file() {
            return Err(SourceError::OneMigration { path });
        }
        Ok(if path.is_dir() {
            if migrations::is_folder(&path) { Self::Migrations(path) } else { Self::Files(vec![path]) }
        } else if snapshot::is_snapshot(&path) {
            Self::Snapshot(path)
        } else {
            Self::Files(vec![path])
        })
    }
}

fn is_url(text: &str) -> bool {
    text.starts_with("postgres://") || text.starts_with("postgresql://")
}
