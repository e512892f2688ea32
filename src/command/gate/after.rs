//! After a run: the checks, and what becomes of what was applied where one does not hold.

use crate::base::fault::point;
use crate::command::error::CommandError;
use crate::command::gate::Gate;
use crate::command::gate::error::{Failure, GateError};
use crate::command::gate::program::Failed;
use crate::command::gate::{assertion, endpoint, program};
use crate::config::gate::{Asks, Check, OnFailure};
use crate::migrate::apply::Order;
use crate::migrate::error::{MigrateError, StateError};
use crate::migrate::folder::Migration;
use crate::migrate::glance::glance;
use crate::migrate::rollback::Reach;
use crate::migrate::session::Session;
use crate::migrate::survey::{Standing, Survey};
use crate::migrate::unchecked::Unchecked;

/// The database before the run.
pub(super) struct Start {
    /// None where nobody measured it.
    fingerprint: Option<String>,
    /// What an earlier run began: this one does not know what was there before it.
    begun: Vec<String>,
}

impl Start {
    pub(super) fn of(session: &mut Session, files: &[Migration]) -> Result<Self, MigrateError> {
        let glance = glance(&mut session.connection)?;
        let begun = Survey::of(files, &glance.records).with(Standing::HalfApplied);
        Ok(Self { fingerprint: Some(session.measure()?.full), begun })
    }

    /// Of a run that was cut off before its checks.
    pub(super) fn before(unchecked: &Unchecked) -> Self {
        Self { fingerprint: unchecked.start.clone(), begun: Vec::new() }
    }
}

impl Gate<'_> {
    /// Asks each check, and does what is to be done where one does not hold.
    pub(super) fn after(
        &self,
        session: &mut Session,
        files: &[Migration],
        order: &Order,
        start: Option<&Start>,
        applied: &[String],
        say: &dyn Fn(&str),
    ) -> Result<(), CommandError> {
        point();
        let failures: Vec<Failure> =
            self.gates.checks.iter().filter_map(|check| self.fails(session, check, say)).collect();
        point();
        if failures.is_empty() {
            return Ok(());
        }
        let applied = applied.to_vec();
        let (OnFailure::Rollback, Some(start)) = (self.gates.on_failure, start) else {
            return Err(GateError::Stopped { applied, failures }.into());
        };
        let undos = match session.way_back(files, &Reach::Count(applied.len()), false) {
            Ok(undos) => undos,
            Err(error) => return Err(GateError::NotRolledBack { why: error.to_string(), applied, failures }.into()),
        };
        let begun = start.begun.iter().find(|id| applied.contains(id));
        let newest: Vec<&str> = undos.iter().map(|undo| undo.id()).rev().collect();
        let why = if start.fingerprint.is_none() {
            Some("nobody measured what the database was before it".to_owned())
        } else if let Some(id) = begun {
            Some(format!("an earlier run began `{id}`"))
        } else if newest != applied {
            Some(format!("what was applied last is not what the run applied, but {}", newest.join(", ")))
        } else {
            let lossy = undos.iter().map(|undo| (undo, undo.not_allowed(&[]))).find(|(_, losses)| !losses.is_empty());
            lossy.map(|(undo, losses)| StateError::Lossy { id: undo.id().to_owned(), losses }.to_string())
        };
        if let Some(why) = why {
            return Err(GateError::NotRolledBack { why, applied, failures }.into());
        }
        tracing::warn!(event = "taking-back", migrations = applied.len());
        say("what the run applied is rolled back");
        let back = session.roll_back(&undos, order.despite_drift, false).and_then(|()| session.measure());
        match back {
            Err(cause) => Err(GateError::RollbackFailed { cause, failures }.into()),
            Ok(live) if start.fingerprint.as_ref() != Some(&live.full) => {
                let from = short(start.fingerprint.as_deref().unwrap_or_default());
                Err(GateError::NotRestored { live: short(&live.full), from, failures }.into())
            }
            Ok(live) => Err(GateError::RolledBack { applied, fingerprint: short(&live.full), failures }.into()),
        }
    }

    /// Asks as often as it may; what the last attempt came to, where it does not hold.
    fn fails(&self, session: &Session, check: &Check, say: &dyn Fn(&str)) -> Option<Failure> {
        let Check { name, asks, retries, pause, timeout } = check;
        let stop = &session.options.stop;
        let mut attempt = 0;
        loop {
            let failed = match asks {
                Asks::Command(command) => program::run(command, *timeout),
                Asks::Http(url) => endpoint::ask(url, *timeout).map(|why| Failed { why, output: None }),
                Asks::Sql(sql) => match assertion::ask(&session.connection, sql, *timeout) {
                    Ok(why) => why.map(|why| Failed { why, output: None }),
                    Err(error) => Some(Failed { why: error.to_string(), output: None }),
                },
            };
            tracing::info!(event = "check", name, holds = failed.is_none(), attempt = attempt + 1);
            let Some(Failed { why, output }) = failed else {
                if self.verbose {
                    say(&format!("the check `{name}` holds"));
                }
                return None;
            };
            if attempt >= *retries || stop.is_wished() {
                return Some(Failure { name: name.clone(), why, output });
            }
            attempt += 1;
            say(&format!("the check `{name}` does not hold yet: {why}; again in {pause:?} ({attempt} of {retries})"));
            stop.sleep(*pause);
        }
    }
}

fn short(fingerprint: &str) -> String {
    fingerprint.get(..8).unwrap_or(fingerprint).to_owned()
}
