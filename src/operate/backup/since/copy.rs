//! The rows on their way to the disk, and back into tables.

use std::io::{self, Read};
use std::path::Path;

use crate::db::connection::{Connection, Snapshot, copied};
use crate::db::error::DbError;
use crate::operate::backup::manifest::Layer;
use crate::operate::backup::pack::{self, pack};
use crate::operate::backup::since::tables::{Wanted, listed};
use crate::operate::backup::since::{Order, Table};
use crate::operate::error::OperateError;

/// How files are written.
pub(in crate::operate::backup) struct Files<'a> {
    pub folder: &'a Path,
    pub zstd: Option<i32>,
    pub recipients: &'a [age::x25519::Recipient],
}

/// Writes the rows of one table into its file. Returns how many there are.
///
/// # Errors
/// What the server says, or the disk; `Interrupted`.
pub(in crate::operate::backup) fn out(
    snapshot: &mut Snapshot,
    wanted: &Wanted,
    files: &Files,
    order: &Order,
) -> Result<u64, OperateError> {
    let path = files.folder.join(&wanted.table.file);
    let mut rows = Rows { from: snapshot.copy(&wanted.query)?, count: 0, failed: None, stopped: order.stopped };
    let packed = pack(&mut rows, &path, files.zstd, files.recipients);
    if (order.stopped)() {
        return Err(OperateError::Interrupted);
    }
    // What the server said is better than that the file could not be written.
    match (rows.failed.take(), packed) {
        (Some(said), Err(_)) => Err(said.into()),
        (_, packed) => packed.map(|_| rows.count),
    }
}

/// Counts lines, which are rows, as those of a text are written as `\n`.
struct Rows<'a, R> {
    from: R,
    count: u64,
    failed: Option<DbError>,
    stopped: &'a (dyn Fn() -> bool + Sync),
}

impl<R: Read> Read for Rows<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if (self.stopped)() {
            return Err(io::Error::other("interrupted"));
        }
        let read = match self.from.read(into) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                self.failed = Some(copied(error));
                return Err(io::Error::other("the server does not go on"));
            }
            read => read?,
        };
        let lines = into.get(..read).unwrap_or_default().iter().filter(|byte| **byte == b'\n').count();
        self.count += lines as u64;
        Ok(read)
    }
}

/// Copies the rows of a file into a table that has these columns. Returns how many there were.
///
/// # Errors
/// What the server says, or that the file cannot be read.
pub(in crate::operate) fn into(
    connection: &mut Connection,
    target: &str,
    table: &Table,
    file: (&Path, &[Layer], Option<&Path>),
) -> Result<u64, OperateError> {
    let (folder, layers, identity) = file;
    let path = folder.join(&table.file);
    let mut rows = Back { from: pack::unpack(&path, layers, identity)?, failed: None };
    let sql = format!("COPY {target} ({}) FROM STDIN", listed(&table.columns));
    let copied = connection.copy_in(&sql, &mut rows);
    match rows.failed {
        Some(cause) => Err(OperateError::file("read", &path)(cause)),
        None => Ok(copied?),
    }
}

/// A file that is read back; what is wrong with it is not the server's fault.
struct Back<R> {
    from: R,
    failed: Option<io::Error>,
}

impl<R: Read> Read for Back<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.from.read(into) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                self.failed = Some(error);
                Err(io::Error::other("the file does not go on"))
            }
            read => read,
        }
    }
}
