//! Runs a plan's steps: in the transactions that the script would use, or each by itself, to see what it does.

use std::collections::BTreeSet;

use crate::catalog::Catalog;
use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::kind::{Body, Site};
use crate::observe::Observer;
use crate::plan::Plan;
use crate::plan::step::Step;
use crate::prove::Bench;
use crate::prove::error::{Direction, ProofError};

/// What the scripts set for the session.
const SETTINGS: &str = "SET check_function_bodies = off; SET search_path = public";

/// Runs every step on this connection.
pub fn plan(connection: &mut Connection, plan: &Plan, direction: Direction) -> Result<(), ProofError> {
    connection.execute(SETTINGS)?;
    let result = steps(connection, plan, direction);
    if result.is_err() {
        // What failed may have left a transaction open; a lost connection has none, and its own error is the better one.
        let _ = connection.execute("ROLLBACK");
    }
    result
}

/// Makes the indexes that failed concurrent builds have left in the live state. The down does not bring them back, and
/// the up is to drop them.
pub fn leave_failed_builds(connection: &mut Connection, live: &Catalog) -> Result<(), ProofError> {
    let nothing = BTreeSet::new();
    for (key, body) in live.facts.iter() {
        if matches!(body, Body::Index(index) if !index.valid) {
            let site = Site { key, here: &live.facts, there: &live.facts, absorbed: &nothing };
            for statement in body.create(&site) {
                connection.execute(&statement.sql)?;
            }
        }
    }
    Ok(())
}

/// Runs a plan step by step, each in a transaction of its own, and writes down what each does. Where a step fails it can
/// be gone on with.
pub struct Walk<'a> {
    plan: &'a mut Plan,
    direction: Direction,
    observer: Observer,
    next: usize,
}

impl<'a> Walk<'a> {
    /// # Errors
    /// What the server says, or that it went away.
    pub fn start(connection: &mut Connection, plan: &'a mut Plan, direction: Direction) -> Result<Self, ProofError> {
        connection.execute(SETTINGS)?;
        Ok(Self { plan, direction, observer: Observer::start(connection)?, next: 0 })
    }

    /// From the step that was not run yet to the end.
    ///
    /// # Errors
    /// `Fails` with the step that fails, which is then the next one.
    pub fn go(&mut self, bench: &mut Bench) -> Result<(), ProofError> {
        while let Some(step) = self.plan.steps.get_mut(self.next) {
            let seen = self.observer.run(bench.connection, bench.watcher, &step.sql);
            step.effects = Some(seen.map_err(|cause| failed(step, self.direction, cause))?);
            self.next += 1;
        }
        Ok(())
    }
}

fn steps(connection: &mut Connection, plan: &Plan, direction: Direction) -> Result<(), ProofError> {
    let mut open: Option<usize> = None;
    for step in &plan.steps {
        if open.is_some_and(|group| group != step.group) {
            connection.execute("COMMIT")?;
            open = None;
        }
        if !step.outside && open.is_none() {
            connection.execute("BEGIN")?;
            open = Some(step.group);
        }
        run(connection, step, direction)?;
    }
    if open.is_some() {
        connection.execute("COMMIT")?;
    }
    Ok(())
}

fn run(connection: &mut Connection, step: &Step, direction: Direction) -> Result<(), ProofError> {
    connection.execute(&step.sql).map_err(|cause| failed(step, direction, cause))
}

fn failed(step: &Step, direction: Direction, cause: DbError) -> ProofError {
    ProofError::Fails { direction, key: step.key.to_string(), sql: step.sql.replace('\n', "\n  "), cause }
}
