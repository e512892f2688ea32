//! Runs what is due of the seeds: a transaction for each, tried again while others are in the way.

use std::time::Instant;

use crate::base::fault::point;
use crate::base::name::literal;
use crate::db::error::DbError;
use crate::migrate::error::{MigrateError, StepError, pointed};
use crate::migrate::event::Event;
use crate::migrate::retry::{Tried, is_passing};
use crate::migrate::seed::{Seed, Seeds, Standing, due};
use crate::migrate::session::Session;
use crate::migrate::steps::Part;
use crate::migrate::tenant;
use crate::sql::split::Statement;

/// What Postgres says of a statement that somebody cancelled, or that took longer than it may.
const CANCELED: &str = "57014";

/// A statement that failed; none where it was not one of the file.
struct Failure<'a> {
    at: Option<&'a Statement>,
    step: i32,
    cause: DbError,
}

impl Session<'_> {
    /// Those that `seed` would run now, with why.
    ///
    /// # Errors
    /// What the server says, or that it went away.
    pub fn seeds_due<'s>(&mut self, seeds: &'s Seeds) -> Result<Vec<(&'s Seed, Standing)>, MigrateError> {
        Ok(due(&mut self.connection, seeds)?)
    }

    /// Runs each seed that is due, in a transaction of its own. Returns the names of those that it ran.
    ///
    /// # Errors
    /// When another runner is at work or the books cannot be written; then what fails: that seed leaves nothing, and those
    /// before it stay.
    pub fn seed(&mut self, seeds: &Seeds) -> Result<Vec<String>, MigrateError> {
        // The lock, and the books: what another runner did meanwhile is not due any more.
        self.enter_books()?;
        let due = due(&mut self.connection, seeds)?;
        if let Some(tenant) = self.connection.is_for() {
            let parts = due.iter().flat_map(|(seed, _)| &seed.script.parts);
            parts.map(Part::statement).try_for_each(|statement| tenant::check(statement, tenant))?;
        }
        if due.is_empty() { Ok(Vec::new()) } else { self.watched(|session| session.run_seeds(&due, seeds)) }
    }

    fn run_seeds(&mut self, due: &[(&Seed, Standing)], seeds: &Seeds) -> Result<Vec<String>, MigrateError> {
        let mut ran = Vec::new();
        for (seed, standing) in due.iter().copied() {
            self.unless_stopped()?;
            self.one_seed(seed, seeds, standing)?;
            ran.push(seed.file.name.clone());
        }
        Ok(ran)
    }

    fn one_seed(&mut self, seed: &Seed, seeds: &Seeds, standing: Standing) -> Result<(), MigrateError> {
        let start = Instant::now();
        self.say(Event::SeedBegins { name: seed.file.name.clone(), standing });
        let mut count = 0;
        loop {
            self.clean = false;
            self.begins();
            let tried = self.seed_at_once(seed, seeds, start);
            self.rests();
            let failure = match tried {
                Ok(()) => break,
                Err(failure) => failure,
            };
            if failure.cause.is_lost() {
                return Err(failure.cause.into());
            }
            // A failed BEGIN has opened none, which is a warning.
            let _ = self.connection.execute("ROLLBACK");
            self.reset()?;
            let passing = failure.cause.sqlstate().is_some_and(is_passing);
            if !passing || count >= self.options.retry.count || self.options.stop.is_wished() {
                self.say_ended();
                return Err(self.seed_fails(seed, failure));
            }
            count += 1;
            self.pause(count, &failure.cause);
        }
        self.reset()?;
        self.say(Event::SeedDone { name: seed.file.name.clone(), steps: seed.steps(), took: start.elapsed() });
        Ok(())
    }

    /// One attempt at all of it, with its row in the books.
    fn seed_at_once<'a>(&mut self, seed: &'a Seed, seeds: &Seeds, start: Instant) -> Result<(), Failure<'a>> {
        let script = &seed.script;
        let first = script.begin.as_ref().or(script.parts.first().map(Part::statement));
        let opening = script.begin.as_ref().map_or("BEGIN", Statement::sql);
        let (lock, statement) = (literal(&seeds.lock_timeout), literal(&seeds.statement_timeout));
        let settings = format!("SET LOCAL lock_timeout = {lock}; SET LOCAL statement_timeout = {statement}");
        let mut step = 0;
        let begun = self.connection.execute(opening).and_then(|()| self.connection.execute(&settings));
        begun.map_err(|cause| Failure { at: first, step, cause })?;
        for part in &script.parts {
            point();
            step = part.step().map_or(step, |step| step.number);
            let at = part.statement();
            self.work_at(step, at.sql()).map_err(|cause| Failure { at: Some(at), step, cause })?;
        }
        point();
        let last = script.parts.last().map(Part::statement).or(first);
        // Where the books take nothing that is not the seed's fault.
        self.enter_seed(seed, seeds, start).map_err(|cause| Failure { at: None, step, cause })?;
        point();
        // What is looked at only now, as a deferred constraint, is said to be of the last statement.
        self.connection.execute("COMMIT").map_err(|cause| Failure { at: last, step, cause })?;
        point();
        Ok(())
    }

    fn enter_seed(&mut self, seed: &Seed, seeds: &Seeds, start: Instant) -> Result<(), DbError> {
        if seed.script.changes_role {
            self.connection.execute("SET LOCAL ROLE NONE")?;
        }
        let sql = "INSERT INTO pgplumb.seed (name, sha256, environment, applied_from, tool_version, ticket, duration) \
                   VALUES ($1, $2, $3, $4, $5, $6, pg_catalog.make_interval(secs => $7))";
        let (host, ticket) = (self.host.clone(), self.options.ticket.clone());
        let (sha256, seconds) = (seed.file.sha256(), start.elapsed().as_secs_f64());
        let version = env!("CARGO_PKG_VERSION");
        self.connection
            .query_with(sql, &[&seed.file.name, &sha256, &seeds.environment, &host, &version, &ticket, &seconds])
            .map(drop)
    }

    fn seed_fails(&self, seed: &Seed, failure: Failure) -> MigrateError {
        let Failure { at, step, cause } = failure;
        let (Some(at), DbError::Statement { sqlstate, message, detail, hint, position, .. }) = (at, &cause) else {
            return cause.into();
        };
        let stop = &self.options.stop;
        if stop.is_wished() && is_passing(sqlstate) || stop.is_pressed() && sqlstate == CANCELED {
            return MigrateError::Interrupted;
        }
        let said = detail.as_ref().map_or(message.clone(), |detail| format!("{message}: {detail}"));
        let (name, text, span) = (seed.file.name.clone(), at.file.named_source(), pointed(at, *position));
        let left =
            "nothing of it is left in the database; those before it stay, and `pgplumb apply --seed` goes on with it";
        if is_passing(sqlstate) {
            let attempts = self.options.retry.count + 1;
            return Tried { id: name, number: step, attempts, text, at: span, said, left }.told(sqlstate).into();
        }
        let help = hint.as_ref().map_or(left.to_owned(), |hint| format!("{hint}; {left}"));
        let (message, sqlstate) = (message.clone(), sqlstate.clone());
        StepError::Seed { name, line: at.line(), said, message, sqlstate, text, at: span, help }.into()
    }
}
