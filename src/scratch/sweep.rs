//! Removes what runs that were killed have left behind.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::url::ConnectionString;
use crate::scratch::account::Account;
use crate::scratch::cleanup::signal;
use crate::scratch::mark::{DATABASE_PREFIX, OWNER_FILE, PREFIX, place_hash};
use crate::scratch::owner::{Owner, started};
use crate::scratch::removal::remove;

/// How long an orphaned server may take to end before it is killed.
const PATIENCE: Duration = Duration::from_secs(5);

/// After this time a folder that does not say whose it is has nobody.
const NAMELESS_AGE: Duration = Duration::from_secs(60 * 60);

const DATABASES: &str = include_str!("leftover.sql");

/// Ends the clusters in `parent` whose owner is dead, and removes their folders.
pub(super) fn sweep_clusters(parent: &Path, now: &Owner) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let is_ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        if is_ours && may_remove(&entry.path()) {
            sweep_cluster(&entry.path(), now);
        }
    }
}

fn sweep_cluster(folder: &Path, now: &Owner) {
    let owner = fs::read_to_string(folder.join(OWNER_FILE)).ok().and_then(|text| Owner::parse(&text));
    let is_dead = match owner {
        Some(owner) => owner.is_dead(now),
        // Killed before it was written or after it was removed; or about to be written.
        None => age(folder).is_some_and(|age| age > NAMELESS_AGE),
    };
    if is_dead {
        end_server(&folder.join("data"));
        let _ = fs::remove_dir_all(folder);
    }
}

fn age(folder: &Path) -> Option<Duration> {
    fs::metadata(folder).and_then(|facts| facts.modified()).ok()?.elapsed().ok()
}

/// Whether the folder is one that we would make: others may put anything under such a name into a shared folder.
fn may_remove(folder: &Path) -> bool {
    let Ok(facts) = fs::symlink_metadata(folder) else { return false };
    let own = fs::metadata("/proc/self").map_or(facts.uid(), |own| own.uid());
    let server = match Account::unprivileged() {
        Some(Account::Other { uid, .. }) if own == 0 => uid,
        _ => own,
    };
    facts.is_dir() && (facts.uid() == own || facts.uid() == server)
}

/// Ends the server of a data directory, if one runs there.
fn end_server(data: &Path) {
    let text = fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
    let mut lines = text.lines();
    let Some(pid) = lines.next().and_then(|line| line.trim().parse::<u32>().ok()) else { return };
    let is_named = lines.next().is_some_and(|line| Path::new(line) == data);
    if !is_named || !serves(pid, data) {
        return;
    }
    signal(pid, Signal::SIGQUIT);
    let end = Instant::now() + PATIENCE;
    while started(pid).is_some() && Instant::now() < end {
        sleep(Duration::from_millis(5));
    }
    if started(pid).is_some() && serves(pid, data) {
        signal(pid, Signal::SIGKILL);
    }
}

/// Whether that process is really the server of this directory, and not a later one with the same number: we start servers
/// with the directory on their command line.
fn serves(pid: u32, data: &Path) -> bool {
    let path = data.to_string_lossy();
    if let Ok(line) = fs::read(format!("/proc/{pid}/cmdline")) {
        return line.split(|byte| *byte == 0).any(|word| word == path.as_bytes());
    }
    let answer = std::process::Command::new("ps").args(["-ww", "-o", "args=", "-p", &pid.to_string()]).output();
    answer.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(path.as_ref()))
}

/// Drops the databases of dead runs of this machine on a server that we share with others.
///
/// # Errors
/// That the server does not let us look. A database that cannot be dropped is left for the next run.
pub(super) fn sweep_databases(to: &ConnectionString, connection: &mut Connection, now: &Owner) -> Result<(), DbError> {
    for row in connection.client().query(DATABASES, &[])? {
        let (name, comment): (String, Option<String>) = (row.try_get("name")?, row.try_get("comment")?);
        let is_dead = match comment.as_deref().and_then(Owner::parse) {
            Some(owner) => owner.is_dead(now),
            None => is_dead_by_name(&name, now),
        };
        if is_dead {
            let _ = remove(to, connection, &name);
        }
    }
    Ok(())
}

/// A run may be killed between creating a database and labelling it: the name tells the process and a hash of the place.
fn is_dead_by_name(name: &str, now: &Owner) -> bool {
    let mut parts = name.strip_prefix(DATABASE_PREFIX).unwrap_or_default().splitn(3, '_');
    let pid = parts.next().and_then(|pid| pid.parse().ok());
    let is_here = parts.next() == Some(&place_hash(now));
    is_here && pid.is_some_and(|pid| started(pid).is_none())
}
