//! Migrations that were being moved, by a program that was killed: what stands in their folder is half of it.

use std::fs;
use std::path::Path;

use crate::source::error::SourceError;

/// What the folder is called that lies among the migrations as long as some are moved. It begins with no time and is hidden,
/// so that it is no migration to anybody.
pub const PREFIX: &str = ".pgplumb-moves-";

/// The file in it that is there from before the first is moved until after the last, and names those that come.
pub const LIST: &str = "moves";

/// # Errors
/// When a folder of migrations is in such a state: what is left may run, and is not what anybody planned.
pub fn refused(folder: &Path) -> Result<(), SourceError> {
    // One that cannot be read is for whoever reads the migrations.
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut moves = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX));
    match moves.find(|entry| entry.path().join(LIST).exists()) {
        Some(entry) => Err(SourceError::CutOff { path: entry.path() }),
        None => Ok(()),
    }
}
