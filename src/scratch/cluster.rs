//! A throw-away cluster: a folder of its own with the data, the socket and the log, and a server that only we can reach.

use std::fs;
use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::db::connection::{Connection, connect};
use crate::db::error::DbError;
use crate::db::url::ConnectionString;
use crate::scratch::account::Account;
use crate::scratch::cleanup::{Leftover, SharedChild, Ticket};
use crate::scratch::error::ScratchError;
use crate::scratch::mark::{OWNER_FILE, PREFIX};
use crate::scratch::owner::Owner;
use crate::scratch::place::make_folder;
use crate::scratch::program::Programs;
use crate::scratch::template::{ADMIN_DATABASE, Cache, LOADER, fill};

/// How often a starting server is asked whether it is ready.
const BEAT: Duration = Duration::from_millis(2);

/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// Nothing in here outlives the run, so nothing is made to last. Logical WAL and replication slots let publications and
/// subscriptions be created; nothing is replicated.
const SETTINGS: &str = "listen_addresses = ''
unix_socket_permissions = 0700
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = logical
wal_init_zero = off
wal_recycle = off
max_wal_size = 512MB
checkpoint_timeout = 1h
max_wal_senders = 4
max_replication_slots = 16
max_logical_replication_workers = 0
autovacuum = off
bgwriter_lru_maxpages = 0
max_connections = 60
max_locks_per_transaction = 1024
shared_buffers = 64MB
dynamic_shared_memory_type = mmap
huge_pages = off
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
datestyle = 'iso, mdy'
default_text_search_config = 'pg_catalog.english'
lc_messages = 'C'
log_min_messages = fatal
cluster_name = 'pgplumb scratch'
";

/// A running server. Dropped, it is stopped and its folder removed.
pub(super) struct Cluster {
    folder: PathBuf,
    _ticket: Ticket,
}

impl Cluster {
    /// Starts a server with some more lines of configuration, and gives a first connection to it.
    pub(super) fn start(programs: &Programs, settings: &str) -> Result<(Self, Connection), ScratchError> {
        match Self::try_start(programs, settings, Cache::Use) {
            // The template may be at fault, half deleted or written by a full disk.
            Err(ScratchError::Program { .. }) => Self::try_start(programs, settings, Cache::Replace),
            other => other,
        }
    }

    fn try_start(programs: &Programs, settings: &str, cache: Cache) -> Result<(Self, Connection), ScratchError> {
        let folder = make_folder(&format!("{PREFIX}{}-", std::process::id()))?;
        let process: SharedChild = Arc::new(Mutex::new(None));
        let ticket = Ticket::new(Leftover::Cluster { folder: folder.clone(), process: Arc::clone(&process) });
        let cluster = Self { folder, _ticket: ticket };
        let folder = &cluster.folder;
        write(&folder.join(OWNER_FILE), &Owner::current().to_string())?;
        let account = Account::for_folder(folder)?;
        account.give(folder)?;
        let data = folder.join("data");
        fill(programs, account, &data, cache)?;
        configure(&data, folder, settings, programs.major)?;
        let child = spawn(programs, account, folder, &data)?;
        *process.lock().unwrap_or_else(PoisonError::into_inner) = Some(child);
        let connection = cluster.wait(programs, &process)?;
        Ok((cluster, connection))
    }

    /// The way to the database for creating others.
    pub(super) fn server(&self) -> ConnectionString {
        ConnectionString::socket(&self.folder, LOADER, ADMIN_DATABASE)
    }

    #[cfg(test)]
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Asks until the server answers.
    fn wait(&self, programs: &Programs, process: &SharedChild) -> Result<Connection, ScratchError> {
        let server = self.server();
        let socket = self.folder.join(".s.PGSQL.5432");
        let end = Instant::now() + PATIENCE;
        loop {
            if socket.exists() {
                match connect(&server) {
                    Ok(connection) => return Ok(connection),
                    Err(DbError::CannotConnect { .. } | DbError::Lost { .. }) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            let mut child = process.lock().unwrap_or_else(PoisonError::into_inner);
            let is_over = child.as_mut().is_none_or(|child| !matches!(child.try_wait(), Ok(None)));
            if is_over || Instant::now() > end {
                return Err(self.failure(programs));
            }
            drop(child);
            sleep(BEAT);
        }
    }

    /// What the server's log says last.
    fn failure(&self, programs: &Programs) -> ScratchError {
        let log = fs::read(self.folder.join("log")).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        if log.contains("No space left on device") {
            return ScratchError::DiskFull { folder: self.folder.clone() };
        }
        let last: Vec<&str> = log.lines().rev().take(3).collect();
        let output = last.into_iter().rev().collect::<Vec<_>>().join("; ");
        ScratchError::Program { program: programs.program("postgres"), output }
    }
}

fn write(path: &Path, text: &str) -> Result<(), ScratchError> {
    fs::write(path, text).map_err(|cause| ScratchError::file("write", path, cause))
}

fn configure(data: &Path, folder: &Path, settings: &str, major: u32) -> Result<(), ScratchError> {
    let mut text = SETTINGS.to_owned();
    text.push_str(&format!("unix_socket_directories = '{}'\n", folder.to_string_lossy().replace('\'', "''")));
    if major >= 18 {
        // The workers would be three more processes to start.
        text.push_str("io_method = sync\n");
    }
    text.push_str(settings);
    write(&data.join("postgresql.conf"), &text)
}

/// Starts the server, out of reach of the terminal's Ctrl-C: we end it ourselves, when nothing uses it any more.
fn spawn(programs: &Programs, account: Account, folder: &Path, data: &Path) -> Result<Child, ScratchError> {
    let log = folder.join("log");
    let file = File::create(&log).map_err(|cause| ScratchError::file("write", &log, cause))?;
    let again = file.try_clone().map_err(|cause| ScratchError::file("write", &log, cause))?;
    let program = programs.program("postgres");
    let mut command = account.command(&program);
    command.arg("-D").arg(data).current_dir(folder).process_group(0);
    command.stdin(Stdio::null()).stdout(file).stderr(again);
    command.spawn().map_err(|cause| ScratchError::file("run", &program, cause))
}
