//! What has to be removed when the program ends, by itself or by a signal.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::Child;
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::db::connection::connect;
use crate::db::url::ConnectionString;
use crate::scratch::removal::remove;

/// How long a server may take to end before it is killed.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a shell reports for a program that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// A child process that both its owner and the signal handler can end.
pub(super) type SharedChild = Arc<Mutex<Option<Child>>>;

/// Something of ours that must not stay behind.
pub(super) enum Leftover {
    Cluster { folder: PathBuf, process: SharedChild },
    Database { server: ConnectionString, name: String },
}

#[derive(Default)]
struct Registry {
    next: u64,
    leftovers: BTreeMap<u64, Leftover>,
}

static REGISTRY: Mutex<Registry> = Mutex::new(Registry { next: 0, leftovers: BTreeMap::new() });

fn registry() -> MutexGuard<'static, Registry> {
    REGISTRY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes its leftover when dropped, or when a signal ends the program.
pub(super) struct Ticket(u64);

impl Ticket {
    /// To be called before the thing is created: removing what is not there is harmless.
    pub(super) fn new(leftover: Leftover) -> Self {
        listen();
        let mut registry = registry();
        registry.next += 1;
        let number = registry.next;
        registry.leftovers.insert(number, leftover);
        Self(number)
    }
}

impl Drop for Ticket {
    /// Under the lock, so that a signal in the midst of it waits for the end. While the handler has the lock this waits until
    /// the program is gone, and with it every error that the removal causes elsewhere.
    fn drop(&mut self) {
        let mut registry = registry();
        if let Some(leftover) = registry.leftovers.remove(&self.0) {
            leftover.remove();
        }
    }
}

impl Leftover {
    /// As far as it goes: what cannot be removed now is found by the next run.
    fn remove(&self) {
        match self {
            Self::Cluster { folder, process } => {
                let child = process.lock().unwrap_or_else(PoisonError::into_inner).take();
                if let Some(child) = child {
                    stop(child);
                }
                if fs::remove_dir_all(folder).is_err() {
                    sleep(Duration::from_millis(50));
                    let _ = fs::remove_dir_all(folder);
                }
            }
            Self::Database { server, name } => {
                if let Ok(mut connection) = connect(server) {
                    let _ = remove(server, &mut connection, name);
                }
            }
        }
    }
}

/// Ends a server at once: its files go next, so there is nothing to write down. SIGQUIT, unlike SIGKILL, gives back its
/// shared memory.
fn stop(mut child: Child) {
    signal(child.id(), Signal::SIGQUIT);
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        if !matches!(child.try_wait(), Ok(None)) {
            return;
        }
        sleep(Duration::from_millis(1));
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// Sends a signal; a process that is gone is fine.
pub(super) fn signal(pid: u32, signal: Signal) {
    if let Ok(pid) = i32::try_from(pid) {
        let _ = kill(Pid::from_raw(pid), signal);
    }
}

/// Makes Ctrl-C, SIGTERM and SIGHUP remove everything before they end the program.
fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // A handler that is already there has its own ways; the next run finds what it leaves.
        let _ = ctrlc::set_handler(on_signal);
    });
}

#[expect(
    clippy::disallowed_methods,
    reason = "every Drop that matters has been done here; the main thread cannot be told to return"
)]
fn on_signal() {
    let registry = registry();
    registry.leftovers.values().for_each(Leftover::remove);
    // Whoever pressed Ctrl-C wants to know what is left. Where stderr is gone there is nobody to tell.
    let _ = writeln!(std::io::stderr(), "interrupted; the scratch database is gone");
    std::process::exit(INTERRUPTED);
}
