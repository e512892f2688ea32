//! A second session that sees whom ours waits for. It cannot be asked afterwards: who waited in vain waits no more.

use std::mem::take;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use postgres::Row;

use crate::db::connection::{Connection, connect};
use crate::db::error::DbError;
use crate::db::url::ConnectionString;
use crate::migrate::event::Blocker;

/// How often it looks.
const EVERY: Duration = Duration::from_millis(100);

/// What was seen and done since it was asked for.
#[derive(Debug, Default)]
struct Seen {
    blockers: Vec<Blocker>,
    ended: Vec<Blocker>,
    /// Why somebody could not be ended.
    refused: Option<String>,
}

/// Looks on until it is dropped.
pub struct Watcher {
    seen: Arc<Mutex<Seen>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Watcher {
    /// Watches the session with this PID, and ends those in its way whose transaction is older than what is given. Where no
    /// second session can be had, nothing is seen.
    pub fn start(to: &ConnectionString, pid: i32, older_than: Option<Duration>) -> Self {
        let (seen, stop) = (Arc::new(Mutex::new(Seen::default())), Arc::new(AtomicBool::new(false)));
        let (to, shared, end) = (to.clone(), Arc::clone(&seen), Arc::clone(&stop));
        let thread = thread::spawn(move || {
            // What cannot be seen is not said; the run itself does not need it.
            let _ = look(&to, pid, older_than, &shared, &end);
        });
        Self { seen, stop, thread: Some(thread) }
    }

    /// Who was in the way last, since this was asked before.
    pub fn take(&self) -> Vec<Blocker> {
        self.seen.lock().map(|mut seen| take(&mut seen.blockers)).unwrap_or_default()
    }

    /// Who was ended since this was asked before, and why one could not be.
    pub fn ended(&self) -> (Vec<Blocker>, Option<String>) {
        self.seen.lock().map(|mut seen| (take(&mut seen.ended), seen.refused.take())).unwrap_or_default()
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

fn look(
    to: &ConnectionString,
    pid: i32,
    mut older_than: Option<Duration>,
    seen: &Mutex<Seen>,
    end: &AtomicBool,
) -> Result<(), DbError> {
    // A short run is over before a session could be had.
    thread::park_timeout(EVERY);
    if end.load(Ordering::SeqCst) {
        return Ok(());
    }
    let mut connection = connect(to)?;
    connection.execute("SET application_name = 'pgplumb watcher'")?;
    while !end.load(Ordering::SeqCst) {
        let now = blockers(connection.query_with(include_str!("blockers.sql"), &[&pid])?)?;
        if !now.is_empty() {
            let (ended, refused) = older_than.map(|age| end_them(&mut connection, pid, age)).unwrap_or_default();
            if refused.is_some() {
                // Who may not do it once may not do it again.
                older_than = None;
            }
            if let Ok(mut seen) = seen.lock() {
                seen.blockers = now;
                seen.ended.extend(ended);
                seen.refused = refused.or(seen.refused.take());
            }
        }
        thread::park_timeout(EVERY);
    }
    Ok(())
}

/// Ends those in the way whose transaction is as old as this; who they were, and why one could not be ended.
fn end_them(connection: &mut Connection, pid: i32, age: Duration) -> (Vec<Blocker>, Option<String>) {
    let split = |rows: Vec<Row>| {
        let hidden = rows.iter().find(|row| matches!(row.try_get::<_, Option<bool>>("ended"), Ok(None)));
        let hidden = hidden.and_then(|row| row.try_get::<_, i32>("pid").ok());
        let ended = rows.into_iter().filter(|row| matches!(row.try_get("ended"), Ok(Some(true)))).collect();
        blockers(ended).map(|ended| (ended, hidden.map(hides)))
    };
    let asked = connection.query_with(include_str!("end_blockers.sql"), &[&pid, &age.as_secs_f64()]);
    asked.and_then(split).unwrap_or_else(|error| (Vec::new(), Some(error.to_string())))
}

fn hides(pid: i32) -> String {
    format!(
        "the role may not see how old the transaction of PID {pid} is: grant it pg_read_all_stats and pg_signal_backend"
    )
}

fn blockers(rows: Vec<Row>) -> Result<Vec<Blocker>, DbError> {
    let one = |row: &Row| {
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
