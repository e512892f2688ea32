//! Whom the server runs as: ourselves, but never root.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use crate::scratch::error::ScratchError;

/// The user that owns a cluster's files and runs its programs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Account {
    Ourselves,
    /// We are root; the server is someone else.
    Other {
        uid: u32,
        gid: u32,
    },
}

impl Account {
    /// By the owner of a folder that we have just created.
    pub(super) fn for_folder(folder: &Path) -> Result<Self, ScratchError> {
        let facts = fs::metadata(folder).map_err(|cause| ScratchError::file("look at", folder, cause))?;
        if facts.uid() != 0 {
            return Ok(Self::Ourselves);
        }
        Self::unprivileged().ok_or(ScratchError::Root)
    }

    /// The server's user on a machine where we are root.
    pub(super) fn unprivileged() -> Option<Self> {
        let text = fs::read_to_string("/etc/passwd").unwrap_or_default();
        ["postgres", "nobody"].iter().find_map(|name| entry(&text, name))
    }

    pub(super) fn command(self, program: &Path) -> Command {
        let mut command = Command::new(program);
        if let Self::Other { uid, gid } = self {
            command.uid(uid).gid(gid);
        }
        // What libpq would read must not steer initdb or the server.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PG") {
                command.env_remove(name);
            }
        }
        command.env("LC_ALL", "C");
        command
    }

    /// Hands a file or folder over.
    pub(super) fn give(self, path: &Path) -> Result<(), ScratchError> {
        match self {
            Self::Ourselves => Ok(()),
            Self::Other { uid, gid } => {
                chown(path, Some(uid), Some(gid)).map_err(|cause| ScratchError::file("hand over", path, cause))
            }
        }
    }
}

/// `name:password:uid:gid:...`
fn entry(passwd: &str, name: &str) -> Option<Account> {
    let fields: Vec<&str> =
        passwd.lines().map(|line| line.split(':').collect::<Vec<_>>()).find(|f| f.first() == Some(&name))?;
    let (uid, gid) = (fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?);
    (uid != 0).then_some(Account::Other { uid, gid })
}
