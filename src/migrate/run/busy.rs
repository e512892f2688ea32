//! A statement of a step at work: where it takes longer than a moment, it is said how far it is and whom it waits for.

use std::collections::BTreeSet;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::db::error::DbError;
use crate::migrate::error::MigrateError;
use crate::migrate::event::{Event, Holder};
use crate::migrate::progress::Look;
use crate::migrate::progress::task::Task;
use crate::migrate::session::Session;
use crate::migrate::voice::Voice;
use crate::migrate::watch::Watcher;
use crate::migrate::watch::sight::Sight;

/// What is over by then is not spoken of.
const MOMENT: Duration = Duration::from_secs(1);

/// How often it is asked whether there was another look.
const EVERY: Duration = Duration::from_millis(250);

/// How long it waits for others before that is said: longer than most `lock_timeout`s, behind which it is said anyway.
const WAITED: Duration = Duration::from_secs(4);

/// How often it is said that nothing has changed.
const AGAIN: Duration = Duration::from_secs(10);

impl Session<'_> {
    /// Does work while another thread says how far a statement is that takes its time: one for all of the work, as most
    /// statements are over before a thread has begun.
    ///
    /// # Errors
    /// Those of the work; that the session cannot be watched.
    pub(in crate::migrate) fn watched<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, MigrateError>,
    ) -> Result<T, MigrateError> {
        self.watch()?;
        let (voice, sight) = (self.voice.clone(), self.watcher.as_ref().map(Watcher::sight));
        thread::scope(|scope| {
            let (over, ended) = channel::<()>();
            // Where there is no room for another thread, nothing is said, and the work is done all the same.
            let teller = move || sight.map(|sight| tell_on(&voice, &sight, &ended));
            let _ = thread::Builder::new().spawn_scoped(scope, teller);
            let done = work(self);
            drop(over);
            done
        })
    }

    /// Runs a statement of the step with this number.
    ///
    /// # Errors
    /// What the server says against it, or that it went away.
    pub(in crate::migrate) fn work_at(&mut self, number: i32, sql: &str) -> Result<(), DbError> {
        let Some(watcher) = self.watcher.as_ref().filter(|_| !self.quiet) else { return self.connection.execute(sql) };
        watcher.works_at(number, sql);
        let done = self.connection.execute(sql);
        watcher.works();
        done
    }
}

/// Says of each statement that takes longer than a moment how far it is, until the work is over.
fn tell_on(voice: &Voice, sight: &Sight, ended: &Receiver<()>) {
    let mut teller: Option<Teller> = None;
    while ended.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
        let Some(at) = sight.at_work().filter(|at| at.since.elapsed() >= MOMENT) else { continue };
        if teller.as_ref().is_none_or(|teller| teller.since != at.since) {
            let task = Task::of(&at.sql);
            sight.ask_progress(&at, task.table.clone());
            let (number, since) = (at.number, at.since);
            teller = Some(Teller { number, since, task, look: None, said: since, waits: None, told: BTreeSet::new() });
        }
        let Some(teller) = &mut teller else { continue };
        // What is said of it is said before its end is: that has to wait for the voice.
        voice.speak(|say| {
            if sight.at_work().is_some_and(|now| now.since == at.since) {
                teller.tell(at.since.elapsed(), sight.progress(), say);
            }
        });
    }
}

/// What was said of a statement.
struct Teller {
    number: i32,
    since: Instant,
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
