//! Why a plan is not proven.

use std::fmt;

use miette::Diagnostic;
use thiserror::Error;

use crate::catalog::read::ReadError;
use crate::db::error::DbError;
use crate::plan::error::PlanError;
use crate::scratch::error::ScratchError;
use crate::source::error::SourceError;

/// Which of the two scripts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    Up,
    Down,
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Up => "up",
            Self::Down => "down",
        })
    }
}

#[derive(Debug, Error, Diagnostic)]
pub enum ProofError {
    #[error("the {direction} fails on scratch, at the step for {key}:\n  {sql}")]
    #[diagnostic(
        code(prove::fails),
        help(
            "nothing was written; this is a fault of pgplumb unless the message names something that only the live server has. `--no-prove` writes the plan unproven"
        )
    )]
    Fails {
        direction: Direction,
        key: String,
        sql: String,
        #[source]
        #[diagnostic_source]
        cause: DbError,
    },
    #[error("the {direction} runs on scratch, but does not reach the promised state; still different:\n  {}", left.join("\n  "))]
    #[diagnostic(
        code(prove::differs),
        help(
            "nothing was written; this is a fault of pgplumb: please report it with the two definitions of what is named"
        )
    )]
    Differs { direction: Direction, left: Vec<String> },
    #[error(transparent)]
    #[diagnostic(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    #[diagnostic(transparent)]
    Plan(#[from] PlanError),
    #[error(transparent)]
    #[diagnostic(transparent)]
    Scratch(#[from] ScratchError),
    #[error(transparent)]
    #[diagnostic(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    #[diagnostic(transparent)]
    Db(#[from] DbError),
}
