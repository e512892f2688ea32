//! The PostgreSQL programs on this machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One installation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Programs {
    pub(super) folder: PathBuf,
    /// What `postgres --version` says.
    pub(super) version: String,
    pub(super) major: u32,
}

/// Where packages put every major version into a folder of its own: what stands before and after the version.
const PER_VERSION: &[(&str, &str, &str)] = &[
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/opt/homebrew/opt", "postgresql@", "bin"),
    ("/usr/local/opt", "postgresql@", "bin"),
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
];

impl Programs {
    /// All that are found, each once: first what the user names, then the PATH, then the usual places, newest first.
    pub(super) fn find() -> Vec<Self> {
        let mut found = all(&folders());
        if found.is_empty() {
            // Slow where it is a script, so it comes last.
            let answer = Command::new("pg_config").arg("--bindir").output().ok().filter(|out| out.status.success());
            let folder = answer.map(|out| PathBuf::from(String::from_utf8_lossy(&out.stdout).trim()));
            found = all(&folder.into_iter().collect::<Vec<_>>());
        }
        found
    }

    /// Those of one major version, or the newest that is supported.
    pub(super) fn choose(found: &[Self], major: Option<u32>) -> Option<&Self> {
        match major {
            Some(major) => found.iter().find(|programs| programs.major == major),
            None => {
                let supported = found.iter().filter(|programs| {
                    (crate::db::version::OLDEST..=crate::db::version::NEWEST).contains(&programs.major)
                });
                // Of several with the same version the first, which the user may have named.
                supported.rev().max_by_key(|programs| programs.major)
            }
        }
    }

    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The folder of loadable modules, by the layouts of the common packages.
    pub(super) fn has_library(&self, name: &str) -> bool {
        let Some(prefix) = self.folder.parent() else { return false };
        let file = format!("{name}.so");
        ["lib", "lib/postgresql", "lib64/pgsql", "lib64/postgresql"]
            .iter()
            .any(|lib| prefix.join(lib).join(&file).exists())
    }
}

/// Where programs of PostgreSQL may be, in the order in which they are looked for; also folders that are not there.
pub fn folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = std::env::var_os("PGPLUMB_PG_BIN").into_iter().map(PathBuf::from).collect();
    folders.extend(std::env::var_os("PATH").iter().flat_map(std::env::split_paths));
    folders.extend(PER_VERSION.iter().flat_map(|(parent, prefix, bin)| below(Path::new(parent), prefix, bin)));
    folders.extend(["/usr/local/pgsql/bin", "/opt/homebrew/bin"].map(PathBuf::from));
    folders
}

fn all(folders: &[PathBuf]) -> Vec<Programs> {
    let mut found: Vec<Programs> = Vec::new();
    for folder in folders {
        // The PATH often reaches the same programs through links.
        let Ok(postgres) = fs::canonicalize(folder.join("postgres")) else { continue };
        let Some(folder) = postgres.parent().filter(|folder| folder.join("initdb").exists()) else { continue };
        if found.iter().any(|programs| programs.folder == folder) {
            continue;
        }
        found.extend(ask(folder));
    }
    found
}

fn ask(folder: &Path) -> Option<Programs> {
    let answer = Command::new(folder.join("postgres")).arg("--version").output().ok()?;
    let version = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
    let number = version.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    let major = number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()?;
    Some(Programs { folder: folder.to_owned(), version, major })
}

/// `parent/<prefix><version>/bin`, newest first.
fn below(parent: &Path, prefix: &str, bin: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let mut found: Vec<(u32, PathBuf)> = entries
        .filter_map(|entry| {
            let major = entry.file_name().to_str()?.strip_prefix(prefix)?.parse().ok()?;
            Some((major, entry.path().join(bin)))
        })
        .collect();
    found.sort();
    found.into_iter().rev().map(|(_, path)| path).collect()
}
