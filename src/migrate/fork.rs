//! Which migrations were planned beside others that lie before them now, as after two branches came together.
//!
//! A planned migration names the state that it starts from. Where that is not what those before it lead to, but a state
//! on their way, or one that an earlier migration of its branch led to, it knew only some of them when it was planned.

use std::collections::BTreeSet;

use crate::migrate::folder::Migration;
use crate::migrate::hold::agree;

/// A migration that was planned without knowing of some that lie before it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fork {
    /// Its place in the folder.
    pub at: usize,
    /// The places of those that it was planned behind, and of those that it knew nothing of.
    pub base: Vec<usize>,
    pub others: Vec<usize>,
}

impl Fork {
    /// The way of its own branch, and then what it knew nothing of.
    pub fn first(&self) -> Vec<usize> {
        self.base.iter().chain([&self.at]).chain(&self.others).copied().collect()
    }
}

/// All of them, in order. `states` are the fingerprints of the states that the folder leads through: before its first
/// migration, and after each that ran.
pub fn forks(files: &[Migration], states: &[String]) -> Vec<Fork> {
    let mut known: Vec<Option<BTreeSet<usize>>> = Vec::new();
    let mut found = Vec::new();
    for at in 0..files.len() {
        let base = base(at, files, states, &known);
        if let Some(base) = base.as_ref().filter(|_| at < states.len()) {
            let others: Vec<usize> = (0..at).filter(|place| !base.contains(place)).collect();
            // What is held back lets others pass.
            if others.iter().any(|other| files.get(*other).is_some_and(|other| other.contract.is_none())) {
                found.push(Fork { at, base: base.iter().copied().collect(), others });
            }
        }
        known.push(base);
    }
    found
}

/// What it was planned behind; none where nothing tells.
fn base(
    at: usize,
    files: &[Migration],
    states: &[String],
    known: &[Option<BTreeSet<usize>>],
) -> Option<BTreeSet<usize>> {
    // One that was written by hand is for whatever lies before it.
    let Some(from) = files.get(at)?.from.as_deref() else { return Some((0..at).collect()) };
    let is_from = |state: &String| agree(state, from);
    if let Some(count) = (0..=at).rev().find(|count| states.get(*count).is_some_and(is_from)) {
        return Some((0..count).collect());
    }
    (0..at).rev().find_map(|before| {
        let file = files.get(before)?;
        if file.to.as_ref().is_some_and(is_from) {
            let mut base = known.get(before)?.clone()?;
            base.insert(before);
            return Some(base);
        }
        // Planned behind one that has been put behind others since.
        let missing = file.branch.rebased.iter().find_map(|rebased| {
            let first = rebased.passed.iter().position(|passed| is_from(&passed.from))?;
            Some(rebased.passed[first..].iter().map(|passed| passed.id.as_str()).collect::<Vec<_>>())
        })?;
        Some((0..=before).filter(|place| files.get(*place).is_some_and(|file| !missing.contains(&&*file.id))).collect())
    })
}

/// The places of those behind a migration that were planned for what it leads to, or for what these lead to.
pub fn behind(at: usize, files: &[Migration], states: &[String]) -> Vec<usize> {
    let mut own = vec![at];
    for place in at + 1..files.len() {
        let Some(from) = files.get(place).and_then(|file| file.from.as_deref()) else { continue };
        let mut tos = own.iter().filter_map(|own| files.get(*own)?.to.as_deref());
        if tos.any(|to| agree(to, from)) || states.get(place).is_some_and(|state| agree(state, from)) {
            own.push(place);
        }
    }
    own.split_off(1)
}

#[cfg(test)]
mod tests;
