//! Whether the database is where the next migration starts from, and whether somebody else was at it.

use crate::catalog::Catalog;
use crate::diff::diff;
use crate::kind::Key;
use crate::migrate::error::{Difference, MigrateError, StateError};
use crate::migrate::folder::Migration;
use crate::migrate::scope::Reading;
use crate::source::snapshot::Stored;

/// How many differences are listed.
const LISTED: usize = 20;

/// Holds the live state against what is remembered of it and against what the next migration starts from.
///
/// # Errors
/// `Drift` where somebody changed the schema since the last run, `WrongStart` where the migration was planned for another
/// state, and `rebase` saw it start from none like this.
pub fn check(
    live: &Reading,
    next: Option<&Migration>,
    remembered: Option<&(String, Option<Stored>)>,
) -> Result<(), MigrateError> {
    let from = next.and_then(|next| next.from.as_deref());
    let drifted = remembered.filter(|(full, _)| *full != live.full);
    let starts = next.is_some_and(|next| next.branch.ways.iter().any(|(from, _)| live.is(from)));
    match (from, drifted) {
        // The state that it was planned for, whatever else changed: owners, who gets what by default.
        (Some(from), _) if live.is(from) || starts => Ok(()),
        (_, Some((_, stored))) => Err(drift(stored.as_ref().map(|stored| &stored.catalog), &live.catalog).into()),
        (Some(from), None) => Err(StateError::WrongStart {
            id: next.map(|next| next.id.clone()).unwrap_or_default(),
            live: short(&live.portable),
            from: short(from),
        }
        .into()),
        (None, None) => Ok(()),
    }
}

/// Holds the state that a migration led to against the one that it was planned to lead to.
///
/// # Errors
/// `NotReached` where it is another.
pub fn reached(live: &Reading, migration: &Migration) -> Result<(), MigrateError> {
    match migration.to.as_deref() {
        Some(to) if !live.is(to) && !migration.branch.ways.iter().any(|(_, to)| live.is(to)) => {
            Err(StateError::NotReached { id: migration.id.clone(), live: short(&live.portable), to: short(to) }.into())
        }
        _ => Ok(()),
    }
}

/// Holds the state after a rollback against the one that the migration started from.
///
/// # Errors
/// `NotReturned` where it is another.
pub fn returned(live: &Reading, migration: &Migration) -> Result<(), MigrateError> {
    match migration.from.as_deref() {
        Some(from) if !live.is(from) => {
            Err(StateError::NotReturned { id: migration.id.clone(), live: short(&live.portable), from: short(from) }
                .into())
        }
        _ => Ok(()),
    }
}

fn short(fingerprint: &str) -> String {
    fingerprint.get(..8).unwrap_or(fingerprint).to_owned()
}

/// What is different, a line each.
pub fn differences(from: &Catalog, to: &Catalog) -> Vec<String> {
    let all = diff(&from.facts, &to.facts);
    // What stands on something that came or went as a whole goes without saying.
    let whole: Vec<&Key> = all.iter().filter(|one| one.from.is_none() || one.to.is_none()).map(|one| one.key).collect();
    let within = |key: &Key| {
        let mut at = key.on();
        while let Some(on) = at {
            if whole.contains(&on) {
                return true;
            }
            at = on.on();
        }
        false
    };
    let line = |one: &crate::diff::Difference| {
        let sign = match (one.from, one.to) {
            (None, _) => '+',
            (_, None) => '-',
            _ => '~',
        };
        format!("{sign} {}", one.key)
    };
    all.iter().filter(|one| !within(one.key)).map(line).collect()
}

fn drift(from: Option<&Catalog>, live: &Catalog) -> StateError {
    let mut lines = from.map(|from| differences(from, live)).unwrap_or_default();
    let count = lines.len();
    if count > LISTED {
        lines.truncate(LISTED);
        lines.push(format!("and {} more", count - LISTED));
    }
    StateError::Drift { count, differences: lines.into_iter().map(Difference).collect() }
}
