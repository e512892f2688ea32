//! The client programs of PostgreSQL on this machine: `pg_dump` and its kin.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::scratch::program::folders;

/// The programs of one installation.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Client {
    pub major: u32,
    pub folder: PathBuf,
}

impl Client {
    /// Every installation that has `pg_dump`, each once.
    pub fn all() -> Vec<Self> {
        let mut found: Vec<Self> = Vec::new();
        for folder in folders() {
            // The PATH often reaches the same programs through links.
            let Ok(program) = std::fs::canonicalize(folder.join("pg_dump")) else { continue };
            let Some(folder) = program.parent().filter(|folder| folder.join("pg_dump").exists()) else { continue };
            if !found.iter().any(|one| one.folder == folder) {
                found.extend(ask(folder));
            }
        }
        found
    }

    /// The one for a server of this major version: the same version, or else the next newer, as `pg_dump` does not read
    /// servers that are newer than itself.
    pub fn choose(found: &[Self], major: u32) -> Option<&Self> {
        found.iter().filter(|client| client.major >= major).min_by_key(|client| client.major)
    }

    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

fn ask(folder: &Path) -> Option<Client> {
    let answer = Command::new(folder.join("pg_dump")).arg("--version").output().ok()?;
    let major = major(&String::from_utf8_lossy(&answer.stdout))?;
    Some(Client { major, folder: folder.to_owned() })
}

/// Of `pg_dump (PostgreSQL) 15.18 (Debian 15.18-1)`; what Debian's wrapper says is the same.
fn major(version: &str) -> Option<u32> {
    let number = version.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_one_is_never_chosen() {
        let client = |major| Client { major, folder: PathBuf::from(format!("/{major}")) };
        let found = [client(17), client(14), client(16)];
        assert_eq!(Client::choose(&found, 15), Some(&client(16)));
        assert_eq!(Client::choose(&found, 14), Some(&client(14)));
        assert_eq!(Client::choose(&found, 18), None);
    }

    #[test]
    fn the_major_version_is_read() {
        assert_eq!(major("pg_dump (PostgreSQL) 15.18 (Debian 15.18-1)"), Some(15));
        assert_eq!(major("pg_dump (PostgreSQL) 19beta1"), Some(19));
        assert_eq!(major("no"), None);
    }
}
