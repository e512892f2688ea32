//! What one subcommand of an ALTER TABLE does.

use crate::lint::tree::Name;
use crate::observe::lock::Lock;

/// How sure it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Sure {
    #[default]
    No,
    /// The text does not tell.
    Maybe,
    Yes,
}

/// Why a subcommand has the rows of its table written anew.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Why {
    Default,
    /// A serial column too, which is as much a numbered one.
    Identity,
    Generated,
    Domain,
    Type,
    Logged,
    AccessMethod,
    Tablespace,
}

/// What one subcommand does to its table, and to others.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Work {
    pub lock: Lock,
    pub rewrites: Sure,
    pub why: Option<Why>,
    /// Reads the rows for NOT NULL, CHECK, or the bounds of a partition.
    pub checks: Sure,
    /// Reads them, and those of the other table, for these foreign keys.
    pub foreign_keys: Vec<String>,
    /// Builds these indexes.
    pub builds: Vec<String>,
    /// Locks these too.
    pub others: Vec<(Name, Lock, bool)>,
}

impl Work {
    /// A catalog change, and no more.
    pub(super) fn of(lock: Lock) -> Self {
        Self {
            lock,
            rewrites: Sure::No,
            why: None,
            checks: Sure::No,
            foreign_keys: Vec::new(),
            builds: Vec::new(),
            others: Vec::new(),
        }
    }

    pub(super) fn rewriting(lock: Lock, sure: Sure, why: Why) -> Self {
        Self { rewrites: sure, why: (sure > Sure::No).then_some(why), ..Self::of(lock) }
    }

    /// What both do.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.lock = self.lock.max(other.lock);
        if other.rewrites > self.rewrites {
            (self.rewrites, self.why) = (other.rewrites, other.why);
        }
        self.checks = self.checks.max(other.checks);
        self.foreign_keys.extend(other.foreign_keys);
        self.builds.extend(other.builds);
        self.others.extend(other.others);
        self
    }
}
