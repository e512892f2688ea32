//! The folder of the one pair, which has its name only when all is proven.

use std::fs;
use std::io;
use std::path::Path;

use tempfile::TempDir;

use crate::base::fault::point;
use crate::base::wording::listed;
use crate::command::error::CommandError;
use crate::command::out;
use crate::command::squash::one::One;
use crate::command::write;
use crate::migrate::folder::Migration;

/// What it is called as long as it is nothing to anybody: no migration, as it does not begin with a time.
const PREFIX: &str = ".pgplumb-squash-";
/// Its one migration, for the proof.
const INSIDE: &str = "00000000000000_squash";
/// What the names of those begin with that it takes the place of, once they are in it.
const OLD: &str = "old-";

/// Puts back what a run was moving that was killed in the midst of it; where the new one was in its place already, the old
/// ones go.
///
/// # Errors
/// What the file system says.
pub(super) fn recover(place: &Path) -> Result<(), CommandError> {
    let unwritable = |cause: io::Error| CommandError::Unwritable { path: place.to_owned(), cause };
    // Where there is no folder there is nothing to put back.
    for folder in fs::read_dir(place).into_iter().flatten().flatten() {
        if !folder.file_name().to_string_lossy().starts_with(PREFIX) {
            continue;
        }
        let entries = fs::read_dir(folder.path()).map_err(unwritable)?.flatten();
        let names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        let old: Vec<&str> = names.iter().filter_map(|name| name.strip_prefix(OLD)).collect();
        if old.is_empty() {
            // It may be another's who is at work.
            continue;
        }
        if names.iter().any(|name| name == INSIDE) {
            for id in &old {
                fs::rename(folder.path().join(format!("{OLD}{id}")), place.join(id)).map_err(unwritable)?;
            }
            out::remark(&format!("note: a squash was cut off; {} are where they were", listed(&old)));
        }
        fs::remove_dir_all(folder.path()).map_err(unwritable)?;
    }
    Ok(())
}

/// A folder in that of the migrations, that is gone if it is not put in their place.
pub(super) struct Temporary(TempDir);

impl Temporary {
    pub(super) fn write(place: &Path, one: &One) -> Result<Self, CommandError> {
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(place);
        let folder = folder.map_err(|cause| CommandError::Unwritable { path: place.to_owned(), cause })?;
        let files = [("up.sql", &*one.up), ("down.sql", &*one.down), ("plan.json", &*one.plan)];
        write::together(&folder.path().join(INSIDE), &files)?;
        Ok(Self(folder))
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Moves the old ones out, and the new one in. Where that fails, all is put back. The old ones go with this folder.
    pub(super) fn take_the_place(self, place: &Path, id: &str, old: &[Migration]) -> Result<(), CommandError> {
        let unwritable = |cause: io::Error| CommandError::Unwritable { path: place.to_owned(), cause };
        let mut moved: Vec<&str> = Vec::new();
        point();
        let aside = |id: &str| self.path().join(format!("{OLD}{id}"));
        let all = old.iter().try_for_each(|file| {
            fs::rename(place.join(&file.id), aside(&file.id))?;
            moved.push(&file.id);
            point();
            Ok(())
        });
        let done = all.and_then(|()| fs::rename(self.path().join(INSIDE), place.join(id)));
        if let Err(cause) = done {
            for id in moved {
                fs::rename(aside(id), place.join(id)).map_err(unwritable)?;
            }
            return Err(unwritable(cause));
        }
        point();
        self.0.close().map_err(unwritable)
    }
}
