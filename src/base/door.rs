//! One caller of libpg_query at a time, or many with somebody who cleans up after them.
//!
//! While it parses or scans, it points the *process'* standard error at a pipe (`dup2` in `pg_query_raw_parse` and
//! `pg_query_scan`). Two calls at once can leave it there for good, and what is written meanwhile is lost. Nothing else
//! of it is shared between threads.

use std::cell::Cell;
use std::io::stderr;
use std::os::fd::OwnedFd;
use std::sync::{Mutex, MutexGuard, PoisonError};

use nix::unistd::{dup, dup2_stderr};

static DOOR: Mutex<()> = Mutex::new(());

thread_local! {
    static MAY_PASS: Cell<bool> = const { Cell::new(false) };
}

/// Waits until nobody else is inside, unless this thread may pass.
pub fn alone() -> Option<MutexGuard<'static, ()>> {
    (!MAY_PASS.get()).then(wait)
}

fn wait() -> MutexGuard<'static, ()> {
    DOOR.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The door held open for threads that work side by side. Until it closes nothing should be written to standard error;
/// then that is again what it was. A process that may have no more files keeps it shut: each one waits, as ever.
pub struct Open(Option<(OwnedFd, MutexGuard<'static, ()>)>);

impl Open {
    /// Waits until nobody is inside.
    pub fn hold() -> Self {
        let door = wait();
        Self(dup(stderr()).ok().map(|stderr| (stderr, door)))
    }

    /// Does this, and this thread need not wait at the door.
    pub fn pass<R>(&self, work: impl FnOnce() -> R) -> R {
        let before = MAY_PASS.replace(self.0.is_some());
        let done = work();
        MAY_PASS.set(before);
        done
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Some((stderr, _)) = &self.0 {
            // Both are open files of ours, so there is nothing that it could fail of.
            let _ = dup2_stderr(stderr);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::thread;

    use super::*;

    #[test]
    fn standard_error_is_again_what_it_was() {
        let own = || fs::read_link("/proc/self/fd/2").unwrap();
        let before = own();
        let open = Open::hold();
        thread::scope(|scope| {
            for _ in 0..4 {
                let _thread = scope.spawn(|| {
                    for _ in 0..200 {
                        open.pass(|| pg_query::parse("SELECT 1", 0).unwrap());
                    }
                });
            }
        });
        drop(open);
        assert_eq!(own(), before);
    }
}
