//! A second session that sees whom ours waits for, and how far it is. It cannot be asked afterwards: who waited in vain waits
//! no more. It is opened when ours is at something for longer than a moment, so that short runs need none.

pub mod sight;

use std::mem::take;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use postgres::Row;

use crate::db::connection::{Connection, connect};
use crate::db::error::DbError;
use crate::db::url::ConnectionString;
use crate::migrate::event::{Blocker, Holder};
use crate::migrate::progress::{Look, holders, look};
use crate::migrate::watch::sight::Sight;

/// How often it looks.
const EVERY: Duration = Duration::from_millis(100);

/// How long ours has to be at something before a second session is opened: most steps are over before.
const SHORT: Duration = Duration::from_millis(100);

/// How often it looks how far a statement is.
const PROGRESS: Duration = Duration::from_secs(1);

/// What was seen and done since it was asked for.
#[derive(Debug, Default)]
struct Seen {
    blockers: Vec<Blocker>,
    ended: Vec<Blocker>,
    /// Why somebody could not be ended.
    refused: Option<String>,
    /// How far the statement is, and whom it waits for.
    progress: Option<(Look, Vec<Holder>)>,
}

/// What ours is at.
#[derive(Clone, Debug)]
struct Busy {
    since: Instant,
    /// The statement of a step, while one is at work.
    statement: Option<(i32, Arc<str>)>,
    /// The table of the statement whose progress is asked for; within, none where it has none.
    asked: Option<Option<String>>,
}

#[derive(Debug, Default)]
struct Shared {
    seen: Mutex<Seen>,
    busy: Mutex<Option<Busy>>,
    end: AtomicBool,
    /// Whether it was asked who was in the way.
    waited: AtomicBool,
    /// Held while somebody is ended: ours goes on at once, and what was done is to be told then.
    ending: Mutex<()>,
}

impl Shared {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn busy(&self) -> MutexGuard<'_, Option<Busy>> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether there is anything to look at: ours is at something for longer than a moment, or has waited for others before.
    fn is_wanted(&self) -> bool {
        let is_long = |busy: &Busy| busy.since.elapsed() >= SHORT;
        self.waited.load(Ordering::SeqCst) || self.busy().as_ref().is_some_and(is_long)
    }

    fn is_over(&self) -> bool {
        self.end.load(Ordering::SeqCst)
    }
}

/// Looks on until it is dropped.
pub struct Watcher {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Watcher {
    /// Watches the session with this PID, and ends those in its way whose transaction is older than what is given. Where no
    /// second session can be had, nothing is seen.
    pub fn start(to: &ConnectionString, pid: i32, older_than: Option<Duration>) -> Self {
        let shared = Arc::new(Shared::default());
        let (to, with) = (to.clone(), Arc::clone(&shared));
        let thread = thread::spawn(move || {
            // What cannot be seen is not said; the run itself does not need it.
            let _ = look_on(&to, pid, older_than, &with);
        });
        Self { shared, thread: Some(thread) }
    }

    /// Ours is at something from now on, and may come to wait.
    pub fn works(&self) {
        *self.shared.busy() = Some(Busy { since: Instant::now(), statement: None, asked: None });
    }

    /// The same, with the statement of a step.
    pub fn works_at(&self, number: i32, sql: &str) {
        let statement = Some((number, sql.into()));
        *self.shared.busy() = Some(Busy { since: Instant::now(), statement, asked: None });
    }

    /// It is at nothing any more.
    pub fn rests(&self) {
        *self.shared.busy() = None;
        self.shared.seen().progress = None;
    }

    /// What another thread may know of it.
    pub fn sight(&self) -> Sight {
        let thread = self.thread.as_ref().map(|thread| thread.thread().clone());
        Sight { shared: Arc::clone(&self.shared), thread }
    }

    /// Who was in the way last, since this was asked before.
    pub fn take(&self) -> Vec<Blocker> {
        self.shared.waited.store(true, Ordering::SeqCst);
        take(&mut self.shared.seen().blockers)
    }

    /// Who was ended since this was asked before, and why one could not be.
    pub fn ended(&self) -> (Vec<Blocker>, Option<String>) {
        let _ending = self.shared.ending.lock().unwrap_or_else(PoisonError::into_inner);
        let mut seen = self.shared.seen();
        (take(&mut seen.ended), seen.refused.take())
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.shared.end.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

fn look_on(to: &ConnectionString, pid: i32, mut older_than: Option<Duration>, shared: &Shared) -> Result<(), DbError> {
    while !shared.is_wanted() {
        thread::park_timeout(EVERY / 4);
        if shared.is_over() {
            return Ok(());
        }
    }
    let mut connection = connect(to)?;
    connection.execute("SET application_name = 'pgplumb watcher'")?;
    let mut last: Option<Instant> = None;
    while !shared.is_over() {
        let busy = shared.busy().clone();
        if busy.is_some() {
            look_who(&mut connection, pid, &mut older_than, shared)?;
        }
        match busy.and_then(|busy| busy.asked) {
            Some(table) if last.is_none_or(|last| last.elapsed() >= PROGRESS) => {
                last = Some(Instant::now());
                let seen = (look(&mut connection, pid, table.as_deref())?, holders(&mut connection, pid)?);
                // What was looked at may be over by now.
                if shared.busy().as_ref().is_some_and(|busy| busy.asked.as_ref() == Some(&table)) {
                    shared.seen().progress = Some(seen);
                }
            }
            Some(_) => {}
            None => last = None,
        }
        thread::park_timeout(EVERY);
    }
    Ok(())
}

/// Who is in the way now; ends those who may be ended.
fn look_who(
    connection: &mut Connection,
    pid: i32,
    older_than: &mut Option<Duration>,
    shared: &Shared,
) -> Result<(), DbError> {
    let now = blockers(connection.query_with(include_str!("blockers.sql"), &[&pid])?)?;
    if now.is_empty() {
        return Ok(());
    }
    let _ending = shared.ending.lock().unwrap_or_else(PoisonError::into_inner);
    let (ended, refused) = older_than.map(|age| end_them(connection, pid, age)).unwrap_or_default();
    if refused.is_some() {
        // Who may not do it once may not do it again.
        *older_than = None;
    }
    let mut seen = shared.seen();
    seen.blockers = now;
    seen.ended.extend(ended);
    seen.refused = refused.or(seen.refused.take());
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
