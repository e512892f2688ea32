//! The modes of locks on tables, by strength, and what each lets others do.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A table-level lock mode (`lockdefs.h`). The order is that of their numbers there, so that of two the later one
/// conflicts with more.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all(serialize = "kebab-case"))]
pub enum Lock {
    #[serde(rename(deserialize = "AccessShareLock"))]
    AccessShare,
    #[serde(rename(deserialize = "RowShareLock"))]
    RowShare,
    #[serde(rename(deserialize = "RowExclusiveLock"))]
    RowExclusive,
    #[serde(rename(deserialize = "ShareUpdateExclusiveLock"))]
    ShareUpdateExclusive,
    #[serde(rename(deserialize = "ShareLock"))]
    Share,
    #[serde(rename(deserialize = "ShareRowExclusiveLock"))]
    ShareRowExclusive,
    #[serde(rename(deserialize = "ExclusiveLock"))]
    Exclusive,
    #[serde(rename(deserialize = "AccessExclusiveLock"))]
    AccessExclusive,
}

/// What waits while a lock is held: the conflict table of the page "Explicit Locking".
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Stops {
    /// Neither reads nor writes.
    Nobody,
    /// INSERT, UPDATE, DELETE, MERGE.
    Writers,
    /// Those, and SELECT.
    Everybody,
}

impl Lock {
    /// Who waits behind it.
    pub fn stops(self) -> Stops {
        match self {
            Self::AccessShare | Self::RowShare | Self::RowExclusive | Self::ShareUpdateExclusive => Stops::Nobody,
            Self::Share | Self::ShareRowExclusive | Self::Exclusive => Stops::Writers,
            Self::AccessExclusive => Stops::Everybody,
        }
    }

    /// Whether somebody else's reading or writing has to wait.
    pub fn blocks(self) -> bool {
        self.stops() != Stops::Nobody
    }
}

impl fmt::Display for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AccessShare => "ACCESS SHARE",
            Self::RowShare => "ROW SHARE",
            Self::RowExclusive => "ROW EXCLUSIVE",
            Self::ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            Self::Share => "SHARE",
            Self::ShareRowExclusive => "SHARE ROW EXCLUSIVE",
            Self::Exclusive => "EXCLUSIVE",
            Self::AccessExclusive => "ACCESS EXCLUSIVE",
        })
    }
}
