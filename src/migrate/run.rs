//! Runs one script, unit by unit, with what the books say of each.

mod backfill;
mod failure;
mod outside;

use std::collections::BTreeMap;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::db::error::DbError;
use crate::migrate::books::{self, Mark, Run};
use crate::migrate::error::{Fault, MigrateError};
use crate::migrate::event::{Blocker, Event};
use crate::migrate::fault::point;
use crate::migrate::probe::Target;
use crate::migrate::retry::is_passing;
use crate::migrate::session::Session;
use crate::migrate::steps::{Part, Script, Step, Unit};
use crate::sql::split::Statement;

/// A script to run in one direction.
pub struct Job<'a> {
    pub run: Run<'a>,
    pub script: &'a Script,
    pub forward: bool,
    /// The run that goes on; none for a new one.
    pub number: Option<i64>,
}

/// A job at work.
pub(in crate::migrate::run) struct Work<'a> {
    job: &'a Job<'a>,
    number: Option<i64>,
    marks: BTreeMap<i32, Mark>,
    /// How many steps there are, and the number of the last.
    of: usize,
    last: i32,
    /// Whether the script acts as somebody else, who may not write the books.
    changes_role: bool,
    started: Instant,
}

impl Work<'_> {
    /// Whether the books say that an earlier session did this step.
    fn is_done(&self, step: &Step) -> bool {
        self.marks.get(&step.number).is_some_and(|mark| mark.done)
    }
}

/// A statement that failed.
pub(in crate::migrate::run) struct Failure<'a> {
    at: &'a Statement,
    step: i32,
    cause: DbError,
}

impl Session<'_> {
    /// Runs a script to its end, from where it was cut off. Returns the number of the run.
    ///
    /// # Errors
    /// The statement that fails, which is in the books then; or that the server went away.
    pub fn play(&mut self, job: &Job) -> Result<i64, MigrateError> {
        let start = Instant::now();
        let marks = match job.number {
            Some(number) => books::journal(&mut self.connection, number, job.forward)?,
            None => BTreeMap::new(),
        };
        check(job, &marks)?;
        let id = job.run.migration.id.clone();
        let resumed = job.number.is_some() && (job.forward || !marks.is_empty());
        self.say(Event::Begins { id: id.clone(), resumed, forward: job.forward });
        let mut work = Work {
            job,
            number: job.number,
            marks,
            of: job.script.steps().count(),
            last: job.script.steps().map(|step| step.number).max().unwrap_or_default(),
            changes_role: job.script.changes_role(),
            started: start,
        };
        let done = self.units(&mut work);
        if let Err(MigrateError::Db(error)) = &done
            && error.is_lost()
        {
            return Err(done.err().unwrap_or_else(|| DbError::unexpected("a lost connection").into()));
        }
        let reset = self.reset();
        done?;
        reset?;
        self.say(Event::Done { id, steps: work.of, took: start.elapsed(), forward: job.forward });
        work.number.ok_or_else(|| DbError::unexpected("a run without a number").into())
    }

    fn units(&mut self, work: &mut Work) -> Result<(), MigrateError> {
        let job = work.job;
        if let Some(number) = work.number
            && job.forward
        {
            books::go_on(&mut self.connection, number, &job.run)?;
        }
        // One transaction does it all: then the run is written down in it, and a failed one leaves nothing.
        let outside = |unit: &Unit| matches!(unit, Unit::Alone(step) if step.target.is_outside());
        let at_once = job.script.transactions() == 1 && !job.script.units.iter().any(outside);
        if work.number.is_none() && !at_once {
            self.enter(work)?;
        }
        for unit in &job.script.units {
            let steps = unit.steps();
            if !steps.is_empty() && steps.iter().all(|step| work.is_done(step)) {
                for setting in unit.lasting() {
                    self.setting(work, setting)?;
                }
                continue;
            }
            match unit {
                Unit::Setting(setting) => self.setting(work, setting)?,
                Unit::Group { begin, parts, commit } => self.group(work, begin, parts, commit)?,
                Unit::Alone(step) => self.alone(work, step)?,
            }
        }
        // Nothing was left to do that would have said so.
        if let Some(number) = work.number.filter(|_| job.script.steps().all(|step| work.is_done(step))) {
            books::finish(&mut self.connection, number, job.forward)?;
        }
        Ok(())
    }

    /// Writes that the run begins, before its first step.
    pub(in crate::migrate::run) fn enter(&mut self, work: &mut Work) -> Result<i64, MigrateError> {
        if let Some(number) = work.number {
            return Ok(number);
        }
        point();
        self.connection.execute("BEGIN")?;
        let number = books::begin(&mut self.connection, &work.job.run, "started", 0.0)?;
        self.outdate(work.job)?;
        self.connection.execute("COMMIT")?;
        point();
        self.outdated = true;
        work.number = Some(number);
        Ok(number)
    }

    /// What was measured after the last run does not hold once this one did something.
    fn outdate(&mut self, job: &Job) -> Result<(), DbError> {
        if self.outdated || job.run.migration.own {
            return Ok(());
        }
        self.connection.execute("DELETE FROM pgplumb.state")
    }

    fn setting(&mut self, work: &mut Work, setting: &Statement) -> Result<(), MigrateError> {
        let cause = match self.connection.execute(setting.sql()) {
            Ok(()) => return Ok(()),
            Err(cause) => cause,
        };
        let after = |step: &&Step| step.statement.span.start > setting.span.start;
        let step = work.job.script.steps().find(after).map_or(work.last, |step| step.number);
        Err(self.fails(work, Failure { at: setting, step, cause }))
    }

    /// A statement by itself: in a transaction with its row in the journal, if Postgres can do that.
    fn alone(&mut self, work: &mut Work, step: &Step) -> Result<(), MigrateError> {
        if let Some(batches) = &step.batches {
            return self.backfill(work, step, batches);
        }
        if step.target.is_outside() || work.marks.contains_key(&step.number) {
            return self.outside(work, step);
        }
        let part = [Part::Step(step.clone())];
        match self.attempts(work, &mut |session, work| session.transaction(work, None, &part, None)) {
            Ok(()) => Ok(()),
            // Cannot run in a transaction block, or ends transactions itself: nothing was done.
            Err(Failure { cause, .. }) if matches!(cause.sqlstate(), Some("25001" | "2D000")) => {
                self.enter(work)?;
                self.outside(work, step)
            }
            Err(Failure { step: number, cause, .. }) => {
                Err(self.fails(work, Failure { at: &step.statement, step: number, cause }))
            }
        }
    }

    fn group(
        &mut self,
        work: &mut Work,
        begin: &Statement,
        parts: &[Part],
        commit: &Statement,
    ) -> Result<(), MigrateError> {
        let done =
            self.attempts(work, &mut |session, work| session.transaction(work, Some(begin), parts, Some(commit)));
        done.map_err(|failure| self.fails(work, failure))
    }

    /// Tries it again as long as others are in the way and patience lasts.
    fn attempts<'a>(
        &mut self,
        work: &mut Work,
        attempt: &mut dyn FnMut(&mut Self, &mut Work) -> Result<(), Failure<'a>>,
    ) -> Result<(), Failure<'a>> {
        let mut count = 0;
        loop {
            let failure = match attempt(self, work) {
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
            let passing = failure.cause.sqlstate().is_some_and(is_passing);
            if !passing || count >= self.options.retry.count {
                return Err(failure);
            }
            count += 1;
            self.pause(count, &failure.cause);
        }
    }

    pub(in crate::migrate::run) fn pause(&mut self, attempt: u32, cause: &DbError) {
        let pause = self.options.retry.pause(attempt);
        let (of, why, blockers) = (self.options.retry.count, cause.to_string(), self.blockers());
        self.say(Event::Retries { attempt, of, why, pause, blockers });
        sleep(pause);
    }

    fn blockers(&self) -> Vec<Blocker> {
        self.watcher.as_ref().map(|watcher| watcher.take()).unwrap_or_default()
    }

    /// One attempt at a transaction, and what the books say of it.
    fn transaction<'a>(
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
        let opening = begin.map_or("BEGIN", |begin| begin.sql());
        self.connection.execute(opening).map_err(at(begin.unwrap_or(first), step))?;
        for part in parts {
            step = part.step().map_or(step, |step| step.number);
            let statement = part.statement();
            point();
            let start = Instant::now();
            self.connection.execute(statement.sql()).map_err(at(statement, step))?;
            if let Some(step) = part.step() {
                self.told(work, step, start.elapsed());
            }
        }
        point();
        let end = commit.or(parts.last().map(Part::statement)).unwrap_or(first);
        let number = self.enter_done(work, &numbers).map_err(at(end, step))?;
        point();
        self.connection.execute(commit.map_or("COMMIT", |commit| commit.sql())).map_err(at(end, step))?;
        work.number = number.or(work.number);
        self.outdated = self.outdated || !numbers.is_empty() && !work.job.run.migration.own;
        point();
        Ok(())
    }

    pub(in crate::migrate::run) fn told(&mut self, work: &Work, step: &Step, took: Duration) {
        let sql = step.statement.sql().lines().next().unwrap_or_default().to_owned();
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
                None => books::prepare_whole(&mut self.connection)?,
            };
            let prepared = self.whole.insert(prepared);
            let seconds = work.started.elapsed().as_secs_f64();
            let number = books::whole(&mut self.connection, prepared, &job.run, steps, seconds)?;
            self.outdate(job)?;
            point();
            return Ok(Some(number));
        }
        let number = match work.number {
            Some(number) => number,
            // Only the one transaction of a script comes here without a number.
            None => books::begin(&mut self.connection, &job.run, "applied", work.started.elapsed().as_secs_f64())?,
        };
        point();
        books::done(&mut self.connection, number, job.forward, steps)?;
        self.outdate(job)?;
        point();
        if last && work.number.is_some() {
            books::finish(&mut self.connection, number, job.forward)?;
        }
        Ok(Some(number))
    }
}

/// That what is done is still what the script says, and that each step can be told from its absence.
fn check(job: &Job, marks: &BTreeMap<i32, Mark>) -> Result<(), MigrateError> {
    let steps: BTreeMap<i32, &Step> = job.script.steps().map(|step| (step.number, step)).collect();
    for (number, mark) in marks {
        let same = steps.get(number).is_some_and(|step| step.sha256() == mark.sha256);
        if mark.done && !same {
            return Err(MigrateError::EditedMidway { id: job.run.migration.id.clone() });
        }
    }
    let nameless = |step: &&&Step| step.target == Target::Nameless;
    match steps.values().find(nameless) {
        Some(step) => Err(MigrateError::script(Fault::Nameless, &step.statement)),
        None => Ok(()),
    }
}
