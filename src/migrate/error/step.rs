//! Steps that fail: of a migration, or of a seed.

use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};
use thiserror::Error;

use crate::base::wording::counted;

#[derive(Debug, Error, Diagnostic)]
pub enum StepError {
    #[error("step {number} of `{id}` cannot be run in batches: {why}")]
    #[diagnostic(code(migrate::backfill), help("nothing of the step was run"))]
    Unbatched {
        id: String,
        number: i32,
        why: String,
        #[source_code]
        text: NamedSource<Arc<str>>,
        #[label("this step")]
        at: SourceSpan,
    },

    #[error("step {number} of `{id}` fails: {said}")]
    #[diagnostic(code(migrate::step))]
    Failed {
        id: String,
        number: i32,
        said: String,
        /// The same without what the server says beside it, which quotes rows.
        message: String,
        sqlstate: String,
        #[source_code]
        text: NamedSource<Arc<str>>,
        #[label("{sqlstate}")]
        at: SourceSpan,
        #[help]
        help: String,
    },

    #[error("step {number} of `{id}` did not get its locks in {}", counted(*attempts as usize, "attempt"))]
    #[diagnostic(code(migrate::locked))]
    Locked {
        id: String,
        number: i32,
        attempts: u32,
        #[source_code]
        text: NamedSource<Arc<str>>,
        #[label("{said}")]
        at: SourceSpan,
        said: String,
        #[help]
        help: String,
    },

    #[error("what step {number} of `{id}` saw was changed by other sessions in {}", counted(*attempts as usize, "attempt"))]
    #[diagnostic(code(migrate::overtaken))]
    Overtaken {
        id: String,
        number: i32,
        attempts: u32,
        #[source_code]
        text: NamedSource<Arc<str>>,
        #[label("{said}")]
        at: SourceSpan,
        said: String,
        #[help]
        help: String,
    },

    #[error("nothing in the catalog tells whether step {number} of `{id}` took effect before the last run ended")]
    #[diagnostic(
        code(migrate::unknown_outcome),
        help(
            "look at what it does, then say `pgplumb repair {id} --step-done {number} --because ...`, or `--step-undone`"
        )
    )]
    Unknown {
        id: String,
        number: i32,
        #[source_code]
        text: NamedSource<Arc<str>>,
        #[label("this step")]
        at: SourceSpan,
    },

    #[error("the seed `{name}` fails in line {line}: {said}")]
    #[diagnostic(code(migrate::seed))]
    Seed {
        name: String,
        line: usize,
        said: String,
        /// The same without what the server says beside it, which quotes rows.
        message: String,
        sqlstate: String,
        #[source_code]
        text: NamedSource<Arc<str>>,
        #[label("{sqlstate}")]
        at: SourceSpan,
        #[help]
        help: String,
    },
}
