//! Files that are written whole or not at all.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::base::fault::point;
use crate::command::error::CommandError;

/// Writes files into a folder. One that is missing is made with all of them in it, or not at all; in one that is there no file
/// has its name before all are on the disk.
///
/// # Errors
/// What the file system says. A folder that was made for the files is gone again then.
pub(super) fn together(folder: &Path, files: &[(&str, &str)]) -> Result<(), CommandError> {
    let there = || fs::create_dir_all(folder).and_then(|()| into(folder, files));
    let done = if folder.exists() { there() } else { anew(folder, files) };
    done.map_err(|cause| CommandError::Unwritable { path: folder.to_owned(), cause })
}

/// Writes one file.
///
/// # Errors
/// What the file system says.
pub(super) fn one(path: &Path, text: &str) -> Result<(), CommandError> {
    let folder = around(path);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    together(folder, &[(&name, text)])
}

/// The folder that something is in.
fn around(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Beside the place first, under a name that nobody reads: half a migration would be one without its down.
fn anew(folder: &Path, files: &[(&str, &str)]) -> io::Result<()> {
    fs::create_dir_all(around(folder))?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let beside = around(folder).join(format!(".pgplumb-{}-{name}", std::process::id()));
    fs::create_dir(&beside)?;
    let fill = || {
        for (name, text) in files {
            let mut file = File::create_new(beside.join(name))?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
        }
        point();
        fs::rename(&beside, folder)
    };
    let done = fill();
    if done.is_err() {
        // What went wrong before is what the user must hear of.
        let _ = fs::remove_dir_all(&beside);
    }
    done
}

fn into(folder: &Path, files: &[(&str, &str)]) -> io::Result<()> {
    let mut builder = tempfile::Builder::new();
    // A temporary file is its maker's alone; these are like any other file, as the umask says.
    builder.prefix(".pgplumb-").permissions(Permissions::from_mode(0o666));
    let mut ready = Vec::new();
    for (name, text) in files {
        let mut file = builder.tempfile_in(folder)?;
        // Not by way of the temporary file, whose errors name it.
        file.as_file_mut().write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        ready.push((file, folder.join(name)));
    }
    for (file, path) in ready {
        file.persist(path).map_err(|error| error.error)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_appear_together_and_are_for_everyone() {
        let place = tempfile::tempdir().unwrap();
        let other = place.path().join("other");
        together(&other, &[("up.sql", "a"), ("down.sql", "b")]).unwrap();
        let mut names: Vec<_> = fs::read_dir(&other).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["down.sql", "up.sql"]);
        assert_eq!(fs::metadata(other.join("up.sql")).unwrap().permissions().mode() & 0o444, 0o444);
        // A file stands where the folder should be.
        let error = together(&other.join("up.sql"), &[("down.sql", "b")]).unwrap_err();
        assert!(matches!(error, CommandError::Unwritable { .. }), "{error}");
    }
}
