//! Transactions, with what the books say of them in each: tried again while others are in the way.

use std::time::{Duration, Instant};

use crate::base::fault::point;
use crate::db::error::DbError;
use crate::migrate::books;
use crate::migrate::enter;
use crate::migrate::event::{Blocker, Event};
use crate::migrate::kept::Watched;
use crate::migrate::retry::is_passing;
use crate::migrate::run::{Failure, Work};
use crate::migrate::session::Session;
use crate::migrate::steps::{Part, Step};
use crate::migrate::watch::Watcher;
use crate::sql::split::Statement;

impl Session<'_> {
    /// Tries it again as long as others are in the way and patience lasts.
    pub(in crate::migrate::run) fn attempts<'a>(
        &mut self,
        work: &mut Work,
        attempt: &mut dyn FnMut(&mut Self, &mut Work) -> Result<(), Failure<'a>>,
    ) -> Result<(), Failure<'a>> {
        let mut count = 0;
        loop {
            self.begins();
            let tried = attempt(self, work);
            self.rests();
            let failure = match tried {
                Ok(()) => return Ok(()),
                Err(failure) => failure,
            };
            if failure.cause.is_lost() {
                return Err(failure);
            }
            // A failed BEGIN has opened none, which is a warning.
            let _ = self.connection.execute("ROLLBACK");
            // The script ended what was prepared here: it is prepared anew.
            if failure.cause.sqlstate() == Some("26000") && self.whole.take().is_some() {
                continue;
            }
            // It drops more than was kept before it; now that is known.
            if work.watched.as_mut().is_some_and(Watched::again) {
                continue;
            }
            let passing = failure.cause.sqlstate().is_some_and(is_passing);
            if !passing || count >= self.options.retry.count || self.options.stop.is_wished() {
                self.say_ended();
                return Err(failure);
            }
            count += 1;
            self.pause(count, &failure.cause);
        }
    }

    /// It may come to wait from now on.
    pub(in crate::migrate) fn begins(&self) {
        self.watcher.iter().for_each(Watcher::works);
    }

    pub(in crate::migrate) fn rests(&self) {
        self.watcher.iter().for_each(Watcher::rests);
    }

    pub(in crate::migrate) fn pause(&mut self, attempt: u32, cause: &DbError) {
        let pause = self.options.retry.pause(attempt);
        self.say_ended();
        let (of, why, blockers) = (self.options.retry.count, cause.to_string(), self.blockers());
        self.say(Event::Retries { attempt, of, why, pause, blockers });
        self.options.stop.sleep(pause);
    }

    /// Who was ended to let us through.
    pub(in crate::migrate) fn say_ended(&mut self) {
        let Some((ended, refused)) = self.watcher.as_ref().map(|watcher| watcher.ended()) else { return };
        for blocker in ended {
            self.say(Event::Ended { blocker });
        }
        if let Some(why) = refused {
            self.say(Event::Note { text: format!("nobody in the way can be ended: {why}") });
        }
    }

    fn blockers(&self) -> Vec<Blocker> {
        self.watcher.as_ref().map(|watcher| watcher.take()).unwrap_or_default()
    }

    /// One attempt at a transaction, and what the books say of it.
    pub(in crate::migrate::run) fn transaction<'a>(
        &mut self,
        work: &mut Work,
        begin: Option<&'a Statement>,
        parts: &'a [Part],
        commit: Option<&'a Statement>,
    ) -> Result<(), Failure<'a>> {
        let first = parts.iter().map(Part::statement).next().or(begin).or(commit);
        let Some(first) = first else { return Ok(()) };
        let numbers: Vec<&Step> = parts.iter().filter_map(Part::step).collect();
        let mut step = numbers.first().map_or(0, |step| step.number);
        let at = |at: &'a Statement, step: i32| move |cause: DbError| Failure { at, step, cause };
        let settings = parts.iter().take_while(|part| part.step().is_none()).count();
        let (settings, parts) = parts.split_at(settings);
        self.begin_with(begin, settings).map_err(|(wrong, cause)| at(wrong.unwrap_or(first), step)(cause))?;
        if let Some(watched) = &mut work.watched {
            watched.before(&mut self.connection, &numbers).map_err(at(first, step))?;
            point();
        }
        for part in parts {
            step = part.step().map_or(step, |step| step.number);
            let statement = part.statement();
            point();
            let start = Instant::now();
            self.work_at(step, statement.sql()).map_err(at(statement, step))?;
            if let Some(step) = part.step() {
                self.told(work, step, start.elapsed());
            }
        }
        point();
        let end = commit.or(parts.last().map(Part::statement)).unwrap_or(first);
        if let Some(watched) = &mut work.watched {
            watched.after(&mut self.connection).map_err(at(end, step))?;
            point();
        }
        let number = self.enter_done(work, &numbers).map_err(at(end, step))?;
        point();
        let mut closing = commit.map_or("COMMIT", |commit| commit.sql()).to_owned();
        let whole = numbers.len() == work.of;
        if whole {
            closing = format!("{closing}; {}", self.resetting());
        }
        self.connection.execute(&closing).map_err(at(end, step))?;
        self.clean = whole;
        work.number = number.or(work.number);
        self.outdated = self.outdated || !numbers.is_empty() && !work.job.run.migration.own;
        point();
        if let Some(watched) = &mut work.watched {
            for text in watched.told(&mut self.connection) {
                self.say(Event::Note { text });
            }
        }
        Ok(())
    }

    /// Opens a transaction with the settings at its start, in one message, as each answer of the server takes its time.
    fn begin_with<'a>(
        &mut self,
        begin: Option<&'a Statement>,
        settings: &'a [Part],
    ) -> Result<(), (Option<&'a Statement>, DbError)> {
        let opening = begin.map_or("BEGIN", |begin| begin.sql());
        let all = settings.iter().map(|part| part.statement().sql());
        let joined: Vec<&str> = std::iter::once(opening).chain(all).collect();
        if self.connection.execute(&joined.join(";\n")).is_ok() {
            return Ok(());
        }
        // Once more one by one, which says the one that is wrong. A failed BEGIN has opened none, which is a warning.
        let _ = self.connection.execute("ROLLBACK");
        self.connection.execute(opening).map_err(|cause| (begin, cause))?;
        for part in settings {
            self.connection.execute(part.statement().sql()).map_err(|cause| (Some(part.statement()), cause))?;
        }
        Ok(())
    }

    pub(in crate::migrate::run) fn told(&mut self, work: &Work, step: &Step, took: Duration) {
        self.say_ended();
        let sql = step.statement.sql().to_owned();
        self.say(Event::Step { number: step.number, of: work.of, sql, took });
    }

    /// Writes in the transaction that these steps are done, and with the last that all is.
    fn enter_done(&mut self, work: &Work, steps: &[&Step]) -> Result<Option<i64>, DbError> {
        let Some(newest) = steps.last() else { return Ok(None) };
        if work.changes_role {
            self.connection.execute("SET LOCAL ROLE NONE")?;
        }
        let (job, last) = (work.job, newest.number == work.last);
        if work.number.is_none() && !job.run.migration.own {
            let prepared = match self.whole.take() {
                Some(prepared) => prepared,
                None => enter::prepare_whole(&mut self.connection)?,
            };
            let prepared = self.whole.insert(prepared);
            let seconds = work.started.elapsed().as_secs_f64();
            let number = enter::whole(&mut self.connection, prepared, &job.run, steps, seconds)?;
            self.outdate(job)?;
            point();
            return Ok(Some(number));
        }
        let number = match work.number {
            Some(number) => number,
            // Only the one transaction of a script comes here without a number.
            None => {
                let seconds = work.started.elapsed().as_secs_f64();
                enter::begin(&mut self.connection, &job.run, "applied", seconds, None)?
            }
        };
        point();
        books::done(&mut self.connection, number, job.forward, steps)?;
        self.outdate(job)?;
        point();
        if last && work.number.is_some() {
            self.finish(number, job)?;
        }
        Ok(Some(number))
    }
}
