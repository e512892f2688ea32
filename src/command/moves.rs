//! Folders of migrations that take the place of others: all of them or none, also where the program is killed.
//!
//! No file system exchanges several folders at once. So the new ones are written out of sight, then a list says that some
//! are moved, and as long as it is there nobody reads the migrations, and whoever moves some next puts all of them back.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use nix::fcntl::{Flock, FlockArg};
use tempfile::TempDir;

use crate::base::fault::point;
use crate::base::wording::listed;
use crate::command::error::CommandError;
use crate::command::out;
use crate::source::cut_off::{LIST, PREFIX};

/// Where those wait that come, and those that are gone.
const NEW: &str = "new";
const OLD: &str = "old";

/// What is locked as long as somebody is at work.
const LOCK: &str = "lock";

/// What stands between the names on the list, as it is in none.
const END: &str = "\0";

/// Puts back what a run was moving that was killed in the midst of it, and removes what others left that were killed before
/// or behind that.
///
/// # Errors
/// What the file system says.
pub(super) fn recover(place: &Path) -> Result<(), CommandError> {
    let unwritable = |cause: io::Error| CommandError::Unwritable { path: place.to_owned(), cause };
    // Where there is no folder there is nothing to put back.
    for entry in fs::read_dir(place).into_iter().flatten().flatten() {
        let folder = entry.path();
        if !entry.file_name().to_string_lossy().starts_with(PREFIX) {
            continue;
        }
        let _alone = match File::options().write(true).open(folder.join(LOCK)).and_then(locked) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => continue,
            // Where nothing can be locked nobody can tell; what was being moved is in the way of all.
            Err(error) if error.kind() != ErrorKind::NotFound && !folder.join(LIST).exists() => continue,
            other => other.ok(),
        };
        if folder.join(LIST).exists() {
            let back = listed(&put_back(&folder, place).map_err(unwritable)?);
            out::remark(&format!("note: a run that moved migrations was cut off; {back} are where they were"));
        }
        fs::remove_dir_all(folder).map_err(unwritable)?;
    }
    Ok(())
}

/// Tells a folder of somebody who is at work from one that was left. Some file systems lock only what can be written to.
fn locked(file: File) -> io::Result<Flock<File>> {
    Flock::lock(file, FlockArg::LockExclusiveNonblock).map_err(|(_, error)| error.into())
}

/// Undoes what was done of the moves, and takes the list away. What it did before it was killed itself it does not do again.
fn put_back(folder: &Path, place: &Path) -> io::Result<Vec<String>> {
    for id in fs::read_to_string(folder.join(LIST))?.split(END).filter(|id| !id.is_empty()) {
        if !folder.join(NEW).join(id).exists() && place.join(id).exists() {
            fs::rename(place.join(id), folder.join(NEW).join(id))?;
            point();
        }
    }
    let back = names(&folder.join(OLD))?;
    // One that is there again was put back by a person, as with Git.
    for id in back.iter().filter(|id| !place.join(id).exists()) {
        fs::rename(folder.join(OLD).join(id), place.join(id))?;
        point();
    }
    fs::remove_file(folder.join(LIST))?;
    point();
    Ok(back)
}

fn names(folder: &Path) -> io::Result<Vec<String>> {
    let names = fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let mut names = names.collect::<io::Result<Vec<String>>>()?;
    names.sort();
    Ok(names)
}

/// Migrations that are being written. Where nothing is moved they are gone with it.
pub(super) struct Moves {
    place: PathBuf,
    folder: TempDir,
    _alone: Option<Flock<File>>,
}

impl Moves {
    pub(super) fn new(place: &Path) -> Result<Self, CommandError> {
        let unwritable = |cause: io::Error| CommandError::Unwritable { path: place.to_owned(), cause };
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(place).map_err(unwritable)?;
        let lock = File::create_new(folder.path().join(LOCK)).map_err(unwritable)?;
        for name in [NEW, OLD] {
            fs::create_dir(folder.path().join(name)).map_err(unwritable)?;
        }
        point();
        Ok(Self { place: place.to_owned(), folder, _alone: locked(lock).ok() })
    }

    /// Where those are written that come, each in a folder with its name.
    pub(super) fn coming(&self) -> PathBuf {
        self.folder.path().join(NEW)
    }

    /// A migration that is there, to be written to before it takes its own place.
    pub(super) fn copy(&self, id: &str) -> Result<PathBuf, CommandError> {
        let new = self.coming().join(id);
        copy(&self.place.join(id), &new).map_err(|cause| self.unwritable(cause))?;
        Ok(new)
    }

    /// Moves these out, and in what was written. Where that fails, all is put back. The old ones go with the folder.
    pub(super) fn take_the_place(mut self, of: &[&str]) -> Result<(), CommandError> {
        point();
        let coming = names(&self.coming()).and_then(|coming| self.announce(&coming).map(|()| coming));
        let coming = coming.map_err(|cause| self.unwritable(cause))?;
        // From here on it holds what is nowhere else.
        self.folder.disable_cleanup(true);
        let done = self.exchange(of, &coming);
        let back = match &done {
            Ok(()) => fs::remove_file(self.folder.path().join(LIST)),
            Err(_) => put_back(self.folder.path(), &self.place).map(drop),
        };
        back.map_err(|cause| self.unwritable(cause))?;
        point();
        let swept = fs::remove_dir_all(self.folder.path());
        point();
        done.and(swept).map_err(|cause| self.unwritable(cause))
    }

    /// Writes the list: whole, as what is on it is what is moved away again.
    fn announce(&self, coming: &[String]) -> io::Result<()> {
        let mut list = tempfile::NamedTempFile::new_in(self.folder.path())?;
        list.as_file_mut().write_all(coming.join(END).as_bytes())?;
        list.as_file().sync_all()?;
        list.persist(self.folder.path().join(LIST)).map_err(|error| error.error)?;
        point();
        Ok(())
    }

    fn exchange(&self, of: &[&str], coming: &[String]) -> io::Result<()> {
        for id in of {
            fs::rename(self.place.join(id), self.folder.path().join(OLD).join(id))?;
            point();
        }
        for id in coming {
            fs::rename(self.coming().join(id), self.place.join(id))?;
            point();
        }
        Ok(())
    }

    fn unwritable(&self, cause: io::Error) -> CommandError {
        CommandError::Unwritable { path: self.place.clone(), cause }
    }
}

/// A folder with all that is in it.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    fs::set_permissions(to, fs::metadata(from)?.permissions())?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (kind, here, there) = (entry.file_type()?, entry.path(), to.join(entry.file_name()));
        if kind.is_dir() {
            copy(&here, &there)?;
        } else if kind.is_symlink() {
            symlink(fs::read_link(&here)?, &there)?;
        } else {
            fs::copy(&here, &there)?;
            File::open(&there)?.sync_all()?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_moved_is_where_it_was() {
        let place = tempfile::tempdir().unwrap();
        let write = |name: &str| {
            fs::create_dir_all(place.path().join(name)).unwrap();
            fs::write(place.path().join(name).join("up.sql"), name).unwrap();
        };
        ["1_a", "2_b"].iter().for_each(|name| write(name));
        symlink("up.sql", place.path().join("1_a/link")).unwrap();
        let moves = Moves::new(place.path()).unwrap();
        fs::write(moves.copy("1_a").unwrap().join("up.sql"), "new").unwrap();
        // Another's is left alone as long as that one is at work.
        recover(place.path()).unwrap();
        assert_eq!(names(place.path()).unwrap().len(), 3);
        let error = moves.take_the_place(&["1_a", "2_b", "3_c"]).unwrap_err();
        assert!(matches!(error, CommandError::Unwritable { .. }), "{error}");
        assert_eq!(names(place.path()).unwrap(), ["1_a", "2_b"]);
        assert_eq!(fs::read_to_string(place.path().join("1_a/up.sql")).unwrap(), "1_a");

        let moves = Moves::new(place.path()).unwrap();
        fs::write(moves.copy("1_a").unwrap().join("up.sql"), "new").unwrap();
        moves.take_the_place(&["1_a", "2_b"]).unwrap();
        assert_eq!(names(place.path()).unwrap(), ["1_a"]);
        assert_eq!(fs::read_to_string(place.path().join("1_a/link")).unwrap(), "new");
    }

    #[test]
    fn what_a_person_put_back_is_left_as_it_is() {
        let place = tempfile::tempdir().unwrap();
        let left = place.path().join(format!("{PREFIX}x"));
        for (name, text) in [("old/1_a", "of before"), ("new/1_a", "of after"), ("old/2_b", "of before")] {
            fs::create_dir_all(left.join(name)).unwrap();
            fs::write(left.join(name).join("up.sql"), text).unwrap();
        }
        fs::write(left.join(LIST), "1_a").unwrap();
        fs::write(left.join(LOCK), "").unwrap();
        fs::create_dir_all(place.path().join(format!("{PREFIX}y/{NEW}"))).unwrap();
        fs::create_dir(place.path().join("1_a")).unwrap();
        fs::write(place.path().join("1_a/up.sql"), "from Git").unwrap();
        recover(place.path()).unwrap();
        assert_eq!(names(place.path()).unwrap(), ["1_a", "2_b"]);
        assert_eq!(fs::read_to_string(place.path().join("1_a/up.sql")).unwrap(), "from Git");
    }
}
