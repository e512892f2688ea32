//! Contracts that are held back: what each waits for, what may pass it, and what is in the database until it has run.
//!
//! A contract waits until it is asked for, or until its `after` is over: so many further runs of `apply` that applied
//! something, or so much time, since the migration before it was applied. What comes after it does not wait where it
//! was planned for no state in particular, for the state before the contract, or for the one after it: that is the
//! former without what the contract takes away. It waits where it was planned for anything else.

use std::collections::BTreeSet;

use crate::base::wording::counted;
use crate::migrate::books::Outcome;
use crate::migrate::folder::{Contract, Fact, Migration};
use crate::migrate::survey::{Entry, Standing, Survey};
use crate::sql::directive::After;

/// A contract that is due and does not run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Held {
    pub id: String,
    /// What for, to stand behind `waits for`; none where it has to be asked for.
    pub waits: Option<String>,
}

impl Held {
    /// For a person, with those that wait along.
    pub fn told(&self, behind: &[String]) -> String {
        let runs = "`--phase contract` runs it";
        let mut text = match &self.waits {
            Some(waits) => format!("`{}` is held back: it waits for {waits}, and {runs} at once", self.id),
            None => format!("`{}` is held back: {runs}", self.id),
        };
        if let Some(first) = behind.first() {
            let count = counted(behind.len(), "migration");
            text.push_str(&format!("; {count} from `{first}` on, planned for what it leads to, comes after it"));
        }
        text
    }
}

/// What is due, sorted by whether it runs now.
#[derive(Debug, Default)]
pub struct Sorted<'s, 'a> {
    pub due: Vec<&'s Entry<'a>>,
    pub held: Vec<Held>,
    /// What was planned for what the held ones lead to.
    pub behind: Vec<String>,
    /// What is in the database until they have run.
    pub beside: BTreeSet<Fact>,
}

/// Sorts what is due; with `all` nothing is held back.
pub fn sort<'s, 'a>(due: Vec<&'s Entry<'a>>, survey: &'s Survey<'a>, all: bool) -> Sorted<'s, 'a> {
    let mut sorted = Sorted::default();
    // The states that what comes next may have been planned for, once a contract was passed.
    let mut states: Option<Vec<&str>> = None;
    for entry in due {
        let Some(file) = entry.file else {
            sorted.due.push(entry);
            continue;
        };
        let held = file.contract.as_ref().filter(|_| !all).and_then(|contract| held(entry, contract, survey));
        match (&held, &states, file.from.as_deref()) {
            _ if !sorted.behind.is_empty() => sorted.behind.push(file.id.clone()),
            (Some(held), _, from) => {
                sorted.held.push(held.clone());
                let gone = file.contract.as_ref().and_then(|contract| contract.gone.clone());
                let to = file.to.as_deref().filter(|_| gone.is_some());
                states.get_or_insert_default().extend(from.into_iter().chain(to));
                sorted.beside.extend(gone.unwrap_or_default());
            }
            (None, Some(states), Some(from)) if !states.iter().any(|state| agree(state, from)) => {
                sorted.behind.push(file.id.clone());
            }
            (None, ..) => {
                states = states.map(|_| file.to.iter().map(String::as_str).collect());
                sorted.due.push(entry);
            }
        }
    }
    sorted
}

/// Fingerprints, either of which may be only its first characters.
pub(in crate::migrate) fn agree(one: &str, other: &str) -> bool {
    one.starts_with(other) || other.starts_with(one)
}

/// Why this contract does not run yet; none where it does. One that was begun is finished.
pub fn held(entry: &Entry, contract: &Contract, survey: &Survey) -> Option<Held> {
    if entry.standing == Standing::HalfApplied {
        return None;
    }
    let held = |waits: Option<String>| Some(Held { id: entry.id.clone(), waits });
    let Some(after) = contract.after else { return held(None) };
    let expand = survey.entries.iter().rev().find(|other| other.id < entry.id);
    let Some(expand) = expand.and_then(|entry| entry.record).filter(|record| record.outcome == Outcome::Applied) else {
        return held(Some(format!("{after} from the migration before it on")));
    };
    let waits = match after {
        After::Releases(wanted) => {
            let records = survey.entries.iter().filter_map(|entry| entry.record);
            let later = records.filter(|record| record.run > expand.run && record.outcome == Outcome::Applied);
            let releases: BTreeSet<i64> = later.filter_map(|record| record.release).collect();
            let since = releases.iter().filter(|release| Some(**release) != expand.release).count();
            let left = (wanted as usize).saturating_sub(since);
            (left > 0).then(|| format!("{} more", counted(left, "release")))
        }
        After::Time(time) => {
            let left = time.as_secs_f64() - expand.age.unwrap_or_default();
            (left > 0.0).then(|| format!("{} more", coarse(left)))
        }
    };
    waits.and_then(|waits| held(Some(waits)))
}

/// `13 days`, `5 hours`, `90 minutes`, `12 seconds`: rounded up.
fn coarse(seconds: f64) -> String {
    let units = [(86_400.0, "day"), (3600.0, "hour"), (60.0, "minute")];
    let (of, unit) = units.into_iter().find(|(of, _)| seconds > 2.0 * of).unwrap_or((1.0, "second"));
    // No time that anybody writes is longer than what this takes.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rounded, and above zero")]
    counted((seconds / of).ceil() as usize, unit)
}

/// A contract that others have passed: it starts from another state than the one it was planned for, and leads to another.
pub fn unbound(entry: &Entry) -> Option<Migration> {
    let file = entry.file.filter(|file| file.contract.is_some() && entry.out_of_order)?;
    Some(Migration { from: None, to: None, ..file.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_said_in_round_numbers() {
        let said = [13.2 * 86_400.0, 5.5 * 3600.0, 130.0, 119.5, 0.2].map(coarse);
        assert_eq!(said, ["14 days", "6 hours", "3 minutes", "120 seconds", "1 second"]);
    }
}
