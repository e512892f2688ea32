//! The first look at many databases: one query for each.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::command::error::CommandError;
use crate::command::fleet::each::each;
use crate::command::fleet::group::{Group, groups};
use crate::command::fleet::outcome::{Outcome, State};
use crate::command::fleet::pool::Pool;
use crate::command::fleet::target::Target;
use crate::command::progress::Progress;
use crate::migrate::apply::Order;
use crate::migrate::error::MigrateError;
use crate::migrate::folder::Migration;
use crate::migrate::glance::{Glance, glance};
use crate::migrate::seed;
use crate::migrate::stop::Stop;
use crate::migrate::survey::Survey;

/// One target, and what its books say.
pub(in crate::command) struct Seen {
    pub(in crate::command) target: Target,
    /// How it stands; `Skipped` as long as there is something to do.
    pub(in crate::command) outcome: Outcome,
    /// Of the state after the last run; none where that is not on record, or nobody looked.
    pub(in crate::command) fingerprint: Option<String>,
    /// Whether `apply` has anything to do.
    pub(in crate::command) due: bool,
}

/// Looks at all of them; none is left out because another cannot be reached.
pub(in crate::command) fn look(
    targets: Vec<Target>,
    jobs: usize,
    files: &[Migration],
    order: &(dyn Fn(&Target) -> Order + Sync),
    stop: &Stop,
) -> Vec<Seen> {
    let (progress, looked, pool) = (Progress::start("looking at"), AtomicUsize::new(0), Pool::default());
    let seen = each(&targets, jobs, &|target| {
        if stop.is_wished() {
            return None;
        }
        let glanced = pool.take(&target.to).map_err(MigrateError::from);
        let order = order(target);
        let glanced = glanced.and_then(|mut connection| {
            let glance = glance(&mut connection)?;
            let seeds = order.seeds.as_ref().map(|seeds| seed::due(&mut connection, seeds)).transpose()?;
            pool.give(&target.to, connection);
            Ok((glance, seeds.is_some_and(|due| !due.is_empty())))
        });
        progress.counted(looked.fetch_add(1, Ordering::SeqCst) + 1, targets.len(), "databases");
        Some(of(target, glanced, files, &order))
    });
    drop(progress);
    let skipped = |target: Target| Seen { outcome: Outcome::skipped(&target), target, fingerprint: None, due: false };
    targets.into_iter().zip(seen).map(|(target, seen)| seen.unwrap_or_else(|| skipped(target))).collect()
}

/// `glanced` says besides whether seeds are due.
fn of(target: &Target, glanced: Result<(Glance, bool), MigrateError>, files: &[Migration], order: &Order) -> Seen {
    let mut outcome = Outcome::skipped(target);
    let (mut fingerprint, mut due) = (None, false);
    let seen = glanced.and_then(|(glance, seeds)| {
        stands(&mut outcome, &glance, files);
        Ok((glance.due(files, order)?, seeds, glance))
    });
    match seen {
        Ok((ids, seeds, glance)) => {
            due = !ids.is_empty() || seeds || !glance.is_settled();
            if !due {
                outcome.state = if outcome.pending.is_empty() { State::Applied } else { State::Pending };
            }
            fingerprint = glance.fingerprint;
        }
        Err(error) => outcome.fail(&CommandError::from(error)),
    }
    Seen { target: target.clone(), outcome, fingerprint, due }
}

/// Takes down what is applied and what is pending.
pub(in crate::command) fn stands(outcome: &mut Outcome, glance: &Glance, files: &[Migration]) {
    let survey = Survey::of(files, &glance.records);
    outcome.applied = survey.entries.iter().filter(|entry| entry.standing.is_in_force()).count();
    let pending = survey.entries.iter().filter(|entry| entry.standing.is_due());
    outcome.pending = pending.map(|entry| entry.id.clone()).collect();
}

/// The groups of those that could be looked at.
pub(in crate::command) fn alike(seen: &[Seen]) -> Vec<Group> {
    let reached =
        seen.iter().filter(|seen| !seen.outcome.is_failure() && (seen.due || seen.outcome.state != State::Skipped));
    groups(reached.map(|seen| (&*seen.target.name, seen.fingerprint.as_deref(), &*seen.outcome.pending)))
}
