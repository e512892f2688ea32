//! Migrations of branches that came together: whether each may run before those that it knew nothing of, or conflicts.
//!
//! Both orders are run on scratch: the one in which the folder has them, and the one in which a database runs them that
//! had the later branch first. Where both lead to the same state, and all downs lead back, they commute.

use crate::catalog::Catalog;
use crate::command::error::CommandError;
use crate::config::Config;
use crate::lint::down::Came;
use crate::migrate::branch::{Passed, Rebased};
use crate::migrate::folder;
use crate::migrate::fork::{Fork, forks};
use crate::migrate::start::differences;
use crate::prove::history::{History, Watch, history};
use crate::scratch::Scratch;
use crate::source::convention::Migration;
use crate::source::error::SourceError;

/// How many differences are told.
const TOLD: usize = 3;

/// What is known of a folder after it was run from nothing.
#[derive(Clone, Copy)]
pub(super) struct Folder<'a> {
    /// The same migrations, as the runner and as the proof have them.
    pub files: &'a [folder::Migration],
    pub migrations: &'a [Migration],
    pub played: &'a History,
    /// Tells states apart.
    pub measure: &'a dyn Fn(&Catalog) -> String,
}

/// One that leads to the same state before those that it knew nothing of, and after them.
pub(super) struct Commuting {
    /// Its place in the folder, and theirs.
    pub at: usize,
    pub with: Vec<usize>,
    /// The states that it leads from and to behind them.
    pub from: String,
    pub to: String,
    /// What its head says, and the way where it runs first.
    pub before: Rebased,
}

/// One that does not.
pub(super) struct Conflict {
    pub at: usize,
    pub with: usize,
    pub why: String,
}

/// What came of it. Behind a conflict nothing is looked at.
#[derive(Default)]
pub(super) struct Branches {
    pub commuting: Vec<Commuting>,
    pub conflict: Option<Conflict>,
}

/// What tells states apart, as the runner does it.
pub(super) fn measure(config: &Config) -> impl Fn(&Catalog) -> String + use<> {
    let scope = super::runner::scope(config);
    move |catalog| {
        let mut catalog = catalog.clone();
        scope.leave.out_of(&mut catalog);
        scope.portable(&catalog)
    }
}

impl Folder<'_> {
    /// # Errors
    /// When the scratch server goes away or a catalog cannot be read.
    pub(super) fn branches(&self, scratch: &Scratch) -> Result<Branches, CommandError> {
        let mut branches = Branches::default();
        // Another tool's folder, where nothing tells what a migration was planned for.
        if !self.files.iter().map(|file| &file.id).eq(self.migrations.iter().map(|migration| &migration.id)) {
            return Ok(branches);
        }
        for fork in forks(self.files, &self.played.states) {
            let other = self.play(&fork.first(), fork.base.len(), scratch)?;
            let from = self.files.get(fork.at).and_then(|file| file.from.as_deref()).unwrap_or_default();
            // Those of its branch do not lead to where it was planned for: something else is wrong.
            if !other.states.first().is_some_and(|state| state.starts_with(from)) {
                continue;
            }
            branches.conflict = self.conflict(&fork, &other, scratch)?;
            if branches.conflict.is_some() {
                break;
            }
            branches.commuting.extend(self.commuting(fork, &other));
        }
        Ok(branches)
    }

    /// Runs migrations in this order; those from `first` on are looked at.
    fn play(&self, order: &[usize], first: usize, scratch: &Scratch) -> Result<History, CommandError> {
        let list: Vec<Migration> = order.iter().filter_map(|place| self.migrations.get(*place).cloned()).collect();
        let (measure, progress) = (self.measure, &|_: usize| {});
        Ok(history(&list, scratch, &Watch { first, measure, progress })?)
    }

    fn commuting(&self, fork: Fork, other: &History) -> Option<Commuting> {
        let (from, to) = (self.played.states.get(fork.at)?, self.played.states.get(fork.at + 1)?);
        let passed = fork.others.iter().enumerate().filter_map(|(number, place)| {
            let id = self.files.get(*place)?.id.clone();
            let (from, to) = (other.states.get(number + 1)?.clone(), other.states.get(number + 2)?.clone());
            Some(Passed { id, from, to })
        });
        let before =
            Rebased { from: other.states.first()?.clone(), to: other.states.get(1)?.clone(), passed: passed.collect() };
        Some(Commuting { at: fork.at, with: fork.others, from: from.clone(), to: to.clone(), before })
    }

    /// What speaks against running it before the others.
    fn conflict(&self, fork: &Fork, other: &History, scratch: &Scratch) -> Result<Option<Conflict>, CommandError> {
        let Fork { at, base, others } = fork;
        let (played, id) = (self.played, |place: usize| self.files.get(place).map_or("", |file| file.id.as_str()));
        let found = |with: usize, why: String| Ok(Some(Conflict { at: *at, with, why }));
        if let Some((_, error)) = played.failed.as_ref().filter(|(failed, _)| failed == at) {
            return found(
                self.in_the_way(fork, scratch)?,
                format!("behind it, {} does not run: {}", id(*at), said(error)),
            );
        }
        if let Some((failed, error)) = &other.failed {
            let with = failed.checked_sub(base.len() + 1).and_then(|number| others.get(number));
            let (with, what) = with.or(others.first()).map_or((*at, *at), |with| (*with, *with));
            return found(with, format!("behind {}, {} does not run: {}", id(*at), id(what), said(error)));
        }
        // What its own branch knows of it: a down that is wrong in both orders is no conflict.
        let came = |down: Option<&Option<Came>>| matches!(down, Some(None | Some(Came::Proven)));
        if came(other.downs.first()) && !came(played.downs.get(*at)) {
            let with = others.last().copied().unwrap_or(*at);
            return found(with, format!("behind it, the down of {} does not lead back", id(*at)));
        }
        let bad = others.iter().zip(other.downs.iter().skip(1));
        let bad = bad.into_iter().find(|(place, down)| came(played.downs.get(**place)) && !came(Some(*down)));
        if let Some((place, _)) = bad {
            return found(*place, format!("behind {}, the down of {} does not lead back", id(*at), id(*place)));
        }
        if other.states.last() == played.states.get(at + 1) {
            return Ok(None);
        }
        let (with, differences) = self.difference(fork, scratch)?;
        found(with, format!("which of them runs first decides what comes of it: {differences}"))
    }

    /// The first of the others behind which it does not run.
    fn in_the_way(&self, fork: &Fork, scratch: &Scratch) -> Result<usize, CommandError> {
        let last = fork.others.len().saturating_sub(1);
        for (number, place) in fork.others.iter().enumerate().take(last) {
            let order = [&fork.base[..], &fork.others[..=number], &[fork.at]].concat();
            if self.play(&order, order.len() - 1, scratch)?.failed.is_some() {
                return Ok(*place);
            }
        }
        Ok(fork.others.get(last).copied().unwrap_or(fork.at))
    }

    /// The first of the others with which the order matters, and what is different then.
    fn difference(&self, fork: &Fork, scratch: &Scratch) -> Result<(usize, String), CommandError> {
        let Fork { at, base, others } = fork;
        for (number, place) in others.iter().enumerate() {
            let [behind, before] =
                [[&base[..], &others[..=number], &[*at]].concat(), [&base[..], &[*at], &others[..=number]].concat()];
            let behind = self.play(&behind, behind.len() - 1, scratch)?;
            let before = self.play(&before, before.len() - 1, scratch)?;
            if behind.failed.is_some() || before.failed.is_some() || behind.states.last() != before.states.last() {
                let mut lines = differences(&before.catalog, &behind.catalog);
                let more = lines.len().saturating_sub(TOLD);
                lines.truncate(TOLD);
                lines.extend((more > 0).then(|| format!("and {more} more")));
                return Ok((*place, lines.join(", ")));
            }
        }
        Ok((others.last().copied().unwrap_or(*at), "the state at the end".to_owned()))
    }
}

/// What Postgres says.
pub(super) fn said(error: &SourceError) -> String {
    match error {
        SourceError::Migration { said, .. } => said.clone(),
        other => other.to_string(),
    }
}
