//! The file of a log, which only its owner may read, and what becomes of one that grows large.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crate::command::out;
use crate::command::run::shelf::Shelf;
use crate::config::record::Level;

/// A log that is being written, by several threads at once.
pub(super) struct Log {
    shelf: Shelf,
    id: String,
    /// In bytes; zero is no limit.
    size: u64,
    level: Level,
    open: Mutex<Option<Open>>,
}

struct Open {
    file: File,
    path: PathBuf,
    written: u64,
    /// How many files were filled before this one.
    full: u32,
}

impl Log {
    /// Makes the file of the run, and takes away what is too old. Also returns the run's name, which is another where
    /// a run of the same second has this one.
    ///
    /// # Errors
    /// What the file system says.
    pub(super) fn begin(shelf: Shelf, id: &str, size: u64, level: Level) -> io::Result<(Self, String)> {
        let (file, path, id) = shelf.create(id)?;
        shelf.prune(Some(&path));
        let open = Mutex::new(Some(Open { file, path, written: 0, full: 0 }));
        Ok((Self { shelf, id: id.clone(), size, level, open }, id))
    }

    pub(super) fn level(&self) -> Level {
        self.level
    }

    /// Appends a line. A run is not cut off because its log cannot be written any more.
    pub(super) fn write(&self, line: &str) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(at) = open.as_mut() else { return };
        // In one call, so that a crash leaves whole lines.
        let done = at.file.write_all(format!("{line}\n").as_bytes());
        at.written += line.len() as u64 + 1;
        let done = done.and_then(|()| if self.size > 0 && at.written >= self.size { self.turn(at) } else { Ok(()) });
        if let Err(error) = done {
            *open = None;
            out::remark(&format!("note: the log is not written any more: {error}"));
        }
    }

    /// Puts the full file aside, as `<run>.1.log`, `<run>.2.log`, and begins another under the run's own name.
    fn turn(&self, open: &mut Open) -> io::Result<()> {
        open.full += 1;
        std::fs::rename(&open.path, self.shelf.folder().join(format!("{}.{}.log", self.id, open.full)))?;
        (open.file, open.written) = (Shelf::new_file(&open.path)?, 0);
        self.shelf.prune(Some(&open.path));
        Ok(())
    }
}
