//! How many databases stand, for `status` and `drift`: nothing is written, and nobody is waited for.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::command::error::CommandError;
use crate::command::fleet::each::each;
use crate::command::fleet::group::{Group, groups};
use crate::command::fleet::look::stands;
use crate::command::fleet::outcome::{Outcome, State};
use crate::command::fleet::target::Target;
use crate::command::progress::Progress;
use crate::command::runner::options;
use crate::config::Config;
use crate::exit::Exit;
use crate::migrate::error::MigrateError;
use crate::migrate::event::Event;
use crate::migrate::folder::Migration;
use crate::migrate::glance::glance;
use crate::migrate::session::Session;
use crate::migrate::survey::{Standing, Survey};

/// What is asked of all of them.
pub(in crate::command) struct Question<'a> {
    pub(in crate::command) config: &'a Config,
    pub(in crate::command) files: &'a [Migration],
    pub(in crate::command) jobs: usize,
    /// Whether one without a state on record has no answer.
    pub(in crate::command) needs_record: bool,
}

/// The matrix, and the groups of those that could be asked.
pub(in crate::command) fn stand(targets: &[Target], question: &Question) -> (Vec<Outcome>, Vec<Group>) {
    let (progress, looked) = (Progress::start("looking at"), AtomicUsize::new(0));
    let answers = each(targets, question.jobs, &|target| {
        let mut outcome = Outcome::skipped(target);
        let fingerprint = match one(target, &mut outcome, question) {
            Ok(fingerprint) => fingerprint,
            Err(error) => {
                outcome.fail(&error);
                None
            }
        };
        progress.counted(looked.fetch_add(1, Ordering::SeqCst) + 1, targets.len(), "databases");
        Some((outcome, fingerprint))
    });
    drop(progress);
    let answers = answers.into_iter().zip(targets);
    let answers: Vec<(Outcome, Option<String>)> =
        answers.map(|(answer, target)| answer.unwrap_or_else(|| (Outcome::skipped(target), None))).collect();
    let asked = answers.iter().filter(|(outcome, _)| outcome.error.is_none());
    let groups = groups(asked.map(|(one, fingerprint)| (&*one.name, fingerprint.as_deref(), &*one.pending)));
    (answers.into_iter().map(|(outcome, _)| outcome).collect(), groups)
}

/// Returns the fingerprint of the state after the last run, where that is on record.
fn one(target: &Target, outcome: &mut Outcome, question: &Question) -> Result<Option<String>, CommandError> {
    let mut tell = |_: Event| {};
    let mut session = Session::open(&target.to, options(question.config, None), &mut tell)?;
    let glance = glance(&mut session.connection)?;
    stands(outcome, &glance, question.files);
    if let Some(left) = &glance.fingerprint {
        let found = session.measure()?.full != *left;
        outcome.drift = Some(found);
        // What was left is large, and only wanted where something is different.
        let drift = if found { session.drift()? } else { None };
        outcome.differences = drift.map(|drift| drift.differences()).unwrap_or_default();
    } else if question.needs_record {
        return Err(MigrateError::NoRecord.into());
    }
    let survey = Survey::of(question.files, &glance.records);
    let wrong = survey.entries.iter().filter(|entry| is_wrong(entry.standing));
    let wrong: Vec<String> = wrong.map(|entry| format!("{} is {}", entry.id, entry.standing.words())).collect();
    outcome.note = (!wrong.is_empty()).then(|| wrong.join(", "));
    outcome.state = match (wrong.is_empty(), outcome.drift, outcome.pending.is_empty()) {
        (false, ..) => State::Failed,
        (true, Some(true), _) => State::Drift,
        (true, _, false) => State::Pending,
        (true, _, true) => State::Applied,
    };
    outcome.exit = if outcome.state == State::Applied { Exit::Fine } else { Exit::Differs };
    Ok(glance.fingerprint)
}

/// Whether somebody has to look at it.
fn is_wrong(standing: Standing) -> bool {
    match standing {
        Standing::Applied | Standing::RolledBack | Standing::Pending | Standing::Replaces => false,
        Standing::Edited | Standing::Missing | Standing::HalfApplied | Standing::HalfRolledBack | Standing::Failed => {
            true
        }
    }
}
