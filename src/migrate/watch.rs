//! A second session that sees whom ours waits for. It cannot be asked afterwards: who waited in vain waits no more.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::db::connection::{Connection, connect};
use crate::db::error::DbError;
use crate::db::url::ConnectionString;
use crate::migrate::event::Blocker;

/// How often it looks.
const EVERY: Duration = Duration::from_millis(100);

/// Looks on until it is dropped.
pub struct Watcher {
    seen: Arc<Mutex<Vec<Blocker>>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Watcher {
    /// Watches the session with this PID. Where no second session can be had, nothing is seen.
    pub fn start(to: &ConnectionString, pid: i32) -> Self {
        let (seen, stop) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (to, shared, end) = (to.clone(), Arc::clone(&seen), Arc::clone(&stop));
        let thread = thread::spawn(move || {
            // What cannot be seen is not said; the run itself does not need it.
            let _ = look(&to, pid, &shared, &end);
        });
        Self { seen, stop, thread: Some(thread) }
    }

    /// Who was in the way last, since this was asked before.
    pub fn take(&self) -> Vec<Blocker> {
        self.seen.lock().map(|mut seen| std::mem::take(&mut *seen)).unwrap_or_default()
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

fn look(to: &ConnectionString, pid: i32, seen: &Mutex<Vec<Blocker>>, end: &AtomicBool) -> Result<(), DbError> {
    // A short run is over before a session could be had.
    thread::park_timeout(EVERY);
    if end.load(Ordering::SeqCst) {
        return Ok(());
    }
    let mut connection = connect(to)?;
    connection.execute("SET application_name = 'pgplumb watcher'")?;
    while !end.load(Ordering::SeqCst) {
        let now = blockers(&mut connection, pid)?;
        if !now.is_empty()
            && let Ok(mut seen) = seen.lock()
        {
            *seen = now;
        }
        thread::park_timeout(EVERY);
    }
    Ok(())
}

/// Whom the session with this PID waits for now.
fn blockers(connection: &mut Connection, pid: i32) -> Result<Vec<Blocker>, DbError> {
    let rows = connection.query_with(include_str!("blockers.sql"), &[&pid])?;
    let one = |row: &postgres::Row| {
        Ok(Blocker {
            pid: row.try_get(0)?,
            user: row.try_get(1)?,
            application: row.try_get(2)?,
            seconds: row.try_get(3)?,
            state: row.try_get(4)?,
        })
    };
    rows.iter().map(one).collect()
}
