//! Runs one script, unit by unit, with what the books say of each.

mod backfill;
mod busy;
mod failure;
mod outside;
mod transaction;

use std::collections::BTreeMap;
use std::time::Instant;

use crate::base::fault::point;
use crate::db::error::DbError;
use crate::migrate::back;
use crate::migrate::books::{self, Mark};
use crate::migrate::enter::{self, Run};
use crate::migrate::error::{Fault, MigrateError};
use crate::migrate::event::Event;
use crate::migrate::kept::Watched;
use crate::migrate::probe::Target;
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
    /// Whether what it drops is kept.
    pub keep: bool,
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
    /// What it drops, where that is kept.
    watched: Option<Watched>,
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
        self.clean = false;
        let marks = match job.number {
            Some(number) => books::journal(&mut self.connection, number, job.forward)?,
            None => BTreeMap::new(),
        };
        check(job, &marks)?;
        let id = job.run.migration.id.clone();
        let resumed = job.number.is_some() && (job.forward || !marks.is_empty());
        self.say(Event::Begins { id: id.clone(), resumed, forward: job.forward });
        let changes_role = job.script.changes_role();
        let watched = job.number.filter(|_| job.keep);
        let watched = watched.map(|number| Watched::new(&id, number, self.host.clone(), changes_role));
        let mut work = Work {
            job,
            number: job.number,
            marks,
            of: job.script.steps().count(),
            last: job.script.steps().map(|step| step.number).max().unwrap_or_default(),
            changes_role,
            watched,
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
        self.unless_stopped()?;
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
            self.unless_stopped()?;
            match unit {
                Unit::Setting(setting) => self.setting(work, setting)?,
                Unit::Group { begin, parts, commit } => self.group(work, begin, parts, commit)?,
                Unit::Alone(step) => self.alone(work, step)?,
            }
        }
        // Nothing was left to do that would have said so.
        if let Some(number) = work.number.filter(|_| job.script.steps().all(|step| work.is_done(step))) {
            self.finish(number, job)?;
        }
        Ok(())
    }

    /// Nothing is begun once somebody wishes the end of it.
    pub(in crate::migrate) fn unless_stopped(&self) -> Result<(), MigrateError> {
        if self.options.stop.is_wished() { Err(MigrateError::Interrupted) } else { Ok(()) }
    }

    /// Writes that the run begins, before its first step.
    pub(in crate::migrate::run) fn enter(&mut self, work: &mut Work) -> Result<i64, MigrateError> {
        if let Some(number) = work.number {
            return Ok(number);
        }
        point();
        self.connection.execute("BEGIN")?;
        let number = enter::begin(&mut self.connection, &work.job.run, "started", 0.0, None)?;
        self.outdate(work.job)?;
        self.connection.execute("COMMIT")?;
        point();
        self.outdated = true;
        work.number = Some(number);
        Ok(number)
    }

    /// Writes how a run ended.
    pub(in crate::migrate::run) fn finish(&mut self, number: i64, job: &Job) -> Result<(), DbError> {
        if job.forward {
            return books::finish(&mut self.connection, number);
        }
        back::took_back(&mut self.connection, number, job.run.back())
    }

    /// What was measured after the last run does not hold once this one did something.
    fn outdate(&mut self, job: &Job) -> Result<(), DbError> {
        if self.outdated || job.run.migration.own {
            return Ok(());
        }
        self.connection.execute("DELETE FROM pgplumb.state")
    }

    fn setting(&mut self, work: &mut Work, setting: &Statement) -> Result<(), MigrateError> {
        self.clean = false;
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
                if let Some(watched) = work.watched.as_mut().filter(|_| step.target == Target::Unknown) {
                    watched.refuse_outside(step.number);
                    return Err(self.fails(work, Failure { at: &step.statement, step: step.number, cause }));
                }
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
