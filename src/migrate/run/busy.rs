//! A statement of a step at work: where it takes longer than a moment, it is said how far it is and whom it waits for.

use std::collections::BTreeSet;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::db::error::DbError;
use crate::migrate::event::{Event, Holder};
use crate::migrate::progress::Look;
use crate::migrate::progress::task::Task;
use crate::migrate::session::Session;
use crate::migrate::watch::Watcher;

/// What is over by then is not spoken of.
const MOMENT: Duration = Duration::from_secs(1);

/// How often it is asked whether there was another look.
const EVERY: Duration = Duration::from_millis(250);

/// How long it waits for others before that is said: longer than most `lock_timeout`s, behind which it is said anyway.
const WAITED: Duration = Duration::from_secs(4);

/// How often it is said that nothing has changed.
const AGAIN: Duration = Duration::from_secs(10);

impl Session<'_> {
    /// Runs a statement of the step with this number.
    ///
    /// # Errors
    /// What the server says against it, or that it went away.
    pub(in crate::migrate) fn work_at(&mut self, number: i32, sql: &str) -> Result<(), DbError> {
        let Some(watcher) = self.watcher.as_ref().filter(|_| !self.quiet) else { return self.connection.execute(sql) };
        watcher.works();
        let (connection, tell, database) = (&mut self.connection, &mut *self.tell, self.to.describe());
        let done = thread::scope(|scope| {
            let (end, ended) = channel();
            // Who cannot be heard any more is gone with all of the program.
            let work = move || drop(end.send(connection.execute(sql)));
            // Where there is no room for another thread, nothing is said, and the step is done all the same.
            thread::Builder::new().spawn_scoped(scope, work).ok()?;
            let mut say = |event: Event| {
                event.trace(&database);
                tell(event);
            };
            Some(wait(number, sql, watcher, &ended, &mut say))
        });
        watcher.works();
        done.unwrap_or_else(|| self.connection.execute(sql))
    }
}

/// Waits for the statement's end, and says how far it is.
fn wait(
    number: i32,
    sql: &str,
    watcher: &Watcher,
    ended: &Receiver<Result<(), DbError>>,
    say: &mut dyn FnMut(Event),
) -> Result<(), DbError> {
    let start = Instant::now();
    let mut patience = MOMENT;
    let mut teller: Option<Teller> = None;
    loop {
        match ended.recv_timeout(patience) {
            Ok(done) => return done,
            Err(RecvTimeoutError::Disconnected) => return Err(DbError::unexpected("a statement without an end")),
            Err(RecvTimeoutError::Timeout) => patience = EVERY,
        }
        let teller = teller.get_or_insert_with(|| {
            let task = Task::of(sql);
            watcher.ask_progress(task.table.clone());
            Teller { number, task, look: None, said: start, waits: None, told: BTreeSet::new() }
        });
        teller.tell(start.elapsed(), watcher.progress(), say);
    }
}

/// What was said of a statement.
struct Teller {
    number: i32,
    task: Task,
    look: Option<Look>,
    said: Instant,
    /// Since when it waits for others.
    waits: Option<Instant>,
    /// Those of them that were spoken of.
    told: BTreeSet<i32>,
}

impl Teller {
    /// Says what is new, and every so often that nothing is.
    fn tell(&mut self, elapsed: Duration, seen: Option<(Look, Vec<Holder>)>, say: &mut dyn FnMut(Event)) {
        let (look, holders) = seen.map_or((None, None), |(look, holders)| (Some(look), Some(holders)));
        let is_new = look.is_some() && look != self.look;
        self.look = look.or(self.look.take());
        if is_new || self.said.elapsed() >= AGAIN {
            self.said = Instant::now();
            let (number, statement) = (self.number, self.task.statement.clone());
            let look = Box::new(self.look.clone().unwrap_or_default());
            say(Event::Progress { number, statement, elapsed, look });
        }
        if let Some(holders) = holders {
            self.tell_waits(holders, say);
        }
    }

    fn tell_waits(&mut self, holders: Vec<Holder>, say: &mut dyn FnMut(Event)) {
        if holders.is_empty() {
            (self.waits, self.told) = (None, BTreeSet::new());
            return;
        }
        let pids: BTreeSet<i32> = holders.iter().map(|holder| holder.pid).collect();
        if self.waits.get_or_insert_with(Instant::now).elapsed() >= WAITED && !pids.is_subset(&self.told) {
            self.told.extend(pids);
            say(Event::Held { number: self.number, holders });
        }
    }
}
