//! Scripts that cannot be run.

use thiserror::Error;

/// What is wrong with a script before any of it is run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum Fault {
    #[error("{0} cannot be run by pgplumb")]
    Unfit(&'static str),
    #[error("a transaction begins inside another")]
    Nested,
    #[error("there is no transaction to commit here")]
    NotOpen,
    #[error("this transaction never ends")]
    LeftOpen,
    #[error("an index that is built concurrently has no name, so that a crash could not be told from success")]
    Nameless,
    #[error("this cannot be run in batches: {0}")]
    Unbatched(&'static str),
    #[error("this cannot be run in batches: each commits, and it stands in a transaction")]
    BatchesInTransaction,
    #[error("a seed runs in one transaction: {0}")]
    NotWhole(&'static str),
}

impl Fault {
    /// What to do about it.
    pub(super) fn help(self) -> &'static str {
        match self {
            Self::Unfit("COPY from or to psql") => {
                "write the rows with INSERT, as `pg_dump --data-only --rows-per-insert=100` does"
            }
            Self::NotWhole(_) => {
                "take that away, or put it into a migration: `pgplumb new`; BEGIN and COMMIT may stand around all of it"
            }
            Self::Unfit(_) | Self::Nested | Self::NotOpen | Self::LeftOpen => {
                "a migration holds SQL alone, and commits itself what it begins"
            }
            Self::Nameless => "give it a name",
            Self::Unbatched(_) => "take the directive away, or write the statement so that each row stands for itself",
            Self::BatchesInTransaction => {
                "write it outside of BEGIN and COMMIT, and of the transaction that other tools add"
            }
        }
    }
}
