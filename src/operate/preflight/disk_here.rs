//! Whether the disks here have room.

use std::path::{Path, PathBuf};

use nix::sys::statvfs::statvfs;

use crate::observe::size::bytes;
use crate::operate::preflight::asked::Asked;
use crate::operate::preflight::{Check, Finding, Level, Look, Seen};

pub const CHECK: Check = Check {
    code: "disk-here",
    title: "the disks here have room",
    why: "Backups, reports and scratch databases are written here; on a full disk they end before they are whole.",
    mend: "Make room, or name folders on another disk.",
    stops: false,
    look: Look::Here(look),
};

/// How much room a folder has.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::operate::preflight) struct Room {
    /// `backups`, `data`.
    role: &'static str,
    path: PathBuf,
    /// Bytes that somebody without privileges can still write.
    free: u64,
    /// The file system.
    id: u64,
}

impl Room {
    /// That of the folder, or of the nearest one above it that is there; none where it cannot be seen.
    pub(in crate::operate::preflight) fn at(role: &'static str, path: &Path) -> Option<Self> {
        let there = path.ancestors().find(|path| path.exists()).filter(|path| *path != Path::new(""));
        let facts = statvfs(there.unwrap_or(Path::new("."))).ok()?;
        let free = facts.blocks_available().saturating_mul(facts.fragment_size());
        Some(Self { role, path: path.to_owned(), free, id: facts.filesystem_id() })
    }
}

fn look(asked: &Asked) -> Seen {
    let rooms: Vec<Room> = asked.folders.iter().filter_map(|(role, path)| Room::at(role, path)).collect();
    if rooms.is_empty() { Seen::Unseen("no disk could be seen".to_owned()) } else { judge(&rooms, asked.limits.disk_free) }
}

/// One finding for each disk that is short, whatever is on it.
pub(in crate::operate::preflight) fn judge(rooms: &[Room], limit: u64) -> Seen {
    let mut short: Vec<&Room> = Vec::new();
    for room in rooms.iter().filter(|room| room.free < limit) {
        if !short.iter().any(|other| other.id == room.id && other.free == room.free) {
            short.push(room);
        }
    }
    let findings = short.iter().map(|Room { role, path, free, .. }| {
        // The last tenth goes in a moment.
        let level = if *free < limit / 10 { Level::Error } else { Level::Warning };
        let (free, limit) = (bytes(*free), bytes(limit));
        Finding::new(level, format!("{free} are free for {role} in `{}`, less than {limit}", path.display()))
    });
    let least = rooms.iter().map(|room| room.free).min().unwrap_or_default();
    Seen::of(findings.collect(), format!("{} free", bytes(least)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_told_of_once() {
        let room = |role, free, id| Room { role, path: PathBuf::from("/x"), free, id };
        let rooms = [room("backups", 500 << 20, 1), room("reports", 500 << 20, 1), room("scratch", 2 << 30, 2)];
        let warning = "500 MB are free for backups in `/x`, less than 1 GB";
        assert_eq!(judge(&rooms, 1 << 30), Seen::one(Level::Warning, warning));
        let Seen::Found(findings) = judge(&rooms, 10 << 30) else { panic!("nothing was found") };
        assert_eq!(findings.iter().map(|one| one.level).collect::<Vec<_>>(), [Level::Error, Level::Warning]);
        assert_eq!(judge(&rooms[2..], 1 << 30), Seen::Fine("2 GB free".to_owned()));
    }

    #[test]
    fn a_folder_that_is_not_there_yet_has_the_room_of_the_one_above() {
        assert!(Room::at("backups", Path::new("not/there/yet")).is_some());
        assert!(Room::at("backups", Path::new("/not/there/yet")).is_some());
    }
}
