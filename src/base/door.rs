//! One caller of libpg_query at a time.
//!
//! While it parses or scans, it points the *process'* standard error at a pipe (`dup2` in `pg_query_raw_parse` and
//! `pg_query_scan`). Two calls at once can leave it there for good, and what is written meanwhile is lost.

use std::sync::{Mutex, MutexGuard, PoisonError};

static DOOR: Mutex<()> = Mutex::new(());

/// Waits until nobody else is inside.
pub fn alone() -> MutexGuard<'static, ()> {
    DOOR.lock().unwrap_or_else(PoisonError::into_inner)
}
