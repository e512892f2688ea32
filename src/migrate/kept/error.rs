//! Why something cannot be kept, or not be put back.

use miette::Diagnostic;
use thiserror::Error;

use crate::base::wording::{counted, listed};
use crate::db::error::DbError;

#[derive(Debug, Error, Diagnostic)]
pub enum KeptError {
    #[error(transparent)]
    #[diagnostic(transparent)]
    Db(#[from] DbError),

    #[error(
        "the values of `{column}` cannot be kept: `{table}` has no key that stays, by which their rows could be found again"
    )]
    #[diagnostic(
        code(kept::no_key),
        help(
            "give the table a primary key, or a unique index over columns that are NOT NULL, or roll back without `--keep`; nothing of this transaction was done"
        )
    )]
    NoKey { table: String, column: String },

    #[error("the rows of `{relation}` cannot be kept: {why}")]
    #[diagnostic(
        code(kept::not_as_text),
        help("roll back without `--keep`, after `pgplumb backup data`; nothing of this transaction was done")
    )]
    NotAsText { relation: String, why: String },

    #[error("nothing can be kept in a transaction that is not READ COMMITTED: it would not see what was written last")]
    #[diagnostic(code(kept::isolation), help("roll back without `--keep`, after `pgplumb backup data`"))]
    Isolation,

    #[error("step {number} cannot be in a transaction, and nothing tells what it drops before it ran")]
    #[diagnostic(code(kept::outside), help("roll back without `--keep`, after `pgplumb backup data`"))]
    Outside { number: i32 },

    #[error("the schema `pgplumb_kept` is not one that pgplumb made for this role")]
    #[diagnostic(
        code(kept::not_ours),
        help("look at whose it is, and rename it; or connect as its owner, or as a member of that role")
    )]
    NotOurs,

    #[error("the role may not see what is kept in the schema `pgplumb_kept`")]
    #[diagnostic(code(kept::not_allowed), help("connect as its owner, or as a member of that role"))]
    NotAllowed,

    #[error("nothing is kept of {}", listed(names))]
    #[diagnostic(code(kept::nothing), help("`pgplumb restore-kept --list` shows what is"))]
    Nothing { names: Vec<String> },

    #[error("{what} cannot be put back: {why}")]
    #[diagnostic(
        code(kept::not_there),
        help(
            "it stays in `{copy}`; apply the migration that makes it, then `pgplumb restore-kept`; or give it up with `restore-kept --drop`"
        )
    )]
    NotThere { what: String, why: String, copy: String },

    #[error("{what} cannot be put back: {cause}")]
    #[diagnostic(
        code(kept::refused),
        help(
            "nothing was put back, and it stays in `{copy}`; mend what is in the way, then `pgplumb restore-kept`; or give it up with `restore-kept --drop`"
        )
    )]
    Refused { what: String, copy: String, cause: DbError },

    #[error("{what} comes back with {} other than it was kept", counted(*count, "row"))]
    #[diagnostic(
        code(kept::differs),
        help(
            "that was taken back, and it stays in `{copy}`: a trigger, a rule or another type changes the values on their way in"
        )
    )]
    Differs { what: String, count: usize, copy: String },

    #[error("what is kept of {what} is not what was written down: its checksum is another")]
    #[diagnostic(
        code(kept::altered),
        help("nothing was put back; somebody changed `{copy}`: look at it, and give it up with `restore-kept --drop`")
    )]
    Altered { what: String, copy: String },
}

impl KeptError {
    /// Whether it is about what is there, and not about a failure.
    pub fn is_difference(&self) -> bool {
        matches!(
            self,
            Self::NoKey { .. }
                | Self::NotAsText { .. }
                | Self::Isolation
                | Self::Outside { .. }
                | Self::NotThere { .. }
                | Self::Nothing { .. }
        )
    }
}
