//! Where clusters live: in memory where there is plenty, else below the system's temporary folder.
//!
//! A cluster is a thousand small files that are soon gone. Memory takes them in a tenth of a second; ext4 takes several times
//! that, and far more when as many were deleted in the last minute, because it avoids their inodes.

use std::fs;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use nix::sys::statvfs::statvfs;

use crate::scratch::error::ScratchError;

/// The file system in memory that every Linux has. Containers often get a tiny one.
const MEMORY: &str = "/dev/shm";

/// How much of it, and of the machine's memory, has to be free, in bytes: a large schema takes a tenth.
const PLENTY: u128 = 2 << 30;

/// The longest path of a socket, in bytes, that every system takes.
const MAX_SOCKET_PATH: usize = 103;

/// A new folder that only we can enter. A TMPDIR that is set decides alone.
pub(super) fn make_folder(prefix: &str) -> Result<PathBuf, ScratchError> {
    let make = |parent: &Path| {
        let mut builder = tempfile::Builder::new();
        let made = builder.prefix(prefix).permissions(Permissions::from_mode(0o700)).tempdir_in(parent);
        Ok(made.map_err(|cause| ScratchError::file("make a folder in", parent, cause))?.keep())
    };
    if std::env::var_os("TMPDIR").is_none()
        && is_plenty()
        && let Ok(folder) = make(Path::new(MEMORY))
    {
        return Ok(folder);
    }
    let usual = std::env::temp_dir();
    let longest = usual.as_os_str().len() + prefix.len() + "/123456/.s.PGSQL.5432.lock".len();
    if longest > MAX_SOCKET_PATH { make(Path::new("/tmp")) } else { make(&usual) }
}

/// Every folder that a cluster may be in.
pub(super) fn parents() -> Vec<PathBuf> {
    let mut parents = vec![std::env::temp_dir(), PathBuf::from("/tmp"), PathBuf::from(MEMORY)];
    parents.dedup();
    parents
}

fn is_plenty() -> bool {
    let room = statvfs(MEMORY).map(|facts| u128::from(facts.blocks_available()) * u128::from(facts.fragment_size()));
    let text = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let available =
        text.lines().find_map(|line| line.strip_prefix("MemAvailable:")?.trim().strip_suffix(" kB")?.parse().ok());
    room.is_ok_and(|room| room >= PLENTY) && available.is_some_and(|kilobytes: u128| kilobytes * 1024 >= PLENTY)
}
