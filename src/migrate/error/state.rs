//! What is in the way of a run without being a failure: how the database stands, or the files.

use miette::Diagnostic;
use thiserror::Error;

use crate::base::wording::{counted, listed};

#[derive(Debug, Error, Diagnostic)]
pub enum StateError {
    #[error("{} changed since {} applied: {}", counted(ids.len(), "migration"), if ids.len() == 1 { "it was" } else { "they were" }, listed(ids))]
    #[diagnostic(
        code(migrate::edited),
        help(
            "put back what was applied (`pgplumb history --export` has it), or accept the file as it is: `pgplumb repair ID --accept --because ...`"
        )
    )]
    Edited { ids: Vec<String> },

    #[error("the database is not what the last run left: {}", counted(*count, "difference"))]
    #[diagnostic(code(migrate::drift), help("{DRIFT}"))]
    Drift {
        count: usize,
        #[related]
        differences: Vec<Difference>,
    },

    #[error("the database is not in the state that `{id}` starts from (it is {live}, not {from})")]
    #[diagnostic(
        code(migrate::wrong_start),
        help(
            "plan again against this database, or look at the difference with `pgplumb plan --stdout`; after two branches came together `pgplumb rebase`; `--force drift` applies it all the same"
        )
    )]
    WrongStart { id: String, live: String, from: String },

    #[error("`{id}` ran, and the database is not what it was to lead to (it is {live}, not {to})")]
    #[diagnostic(
        code(migrate::not_reached),
        help(
            "something else changed the schema meanwhile: `pgplumb plan --stdout` shows what is different from the schema files"
        )
    )]
    NotReached { id: String, live: String, to: String },

    #[error("`{id}` is rolled back, and the database is not what it started from (it is {live}, not {from})")]
    #[diagnostic(
        code(migrate::not_returned),
        help(
            "something else changed the schema meanwhile: `pgplumb plan --stdout` shows what is different from the schema files"
        )
    )]
    NotReturned { id: String, live: String, from: String },

    #[error("there is no way back from `{id}`: {why}")]
    #[diagnostic(
        code(migrate::irreversible),
        help("write a migration that goes on from here: `pgplumb new`, or edit the schema files and plan")
    )]
    Irreversible { id: String, why: String },

    #[error("the down of `{id}` does not bring everything back: {}", losses.join(", "))]
    #[diagnostic(
        code(migrate::down_lossy),
        help("`--allow down-lossy:OBJECT` lets one through, `--allow down-lossy:{id}` all of this migration")
    )]
    Lossy { id: String, losses: Vec<String> },

    #[error("`{id}` cannot be said to be so: {why}")]
    #[diagnostic(code(migrate::contradicted), help("nothing was changed; `pgplumb status` shows how things stand"))]
    Contradicted { id: String, why: String },

    #[error("{} older than what is applied: {}", counted(ids.len(), "pending migration"), listed(ids))]
    #[diagnostic(
        code(migrate::out_of_order),
        help(
            "of two branches `pgplumb rebase` finds whether either may run first; or give it a later time in its name, or let it run after the others with `--force out-of-order`"
        )
    )]
    OutOfOrder { ids: Vec<String> },

    #[error("`{id}` takes the place of {}, and not all of them are applied here: {}", counted(*count, "migration"), listed(missing))]
    #[diagnostic(
        code(migrate::partly_replaced),
        help(
            "apply them first, from a checkout of before they were squashed; then this one is written down in their place"
        )
    )]
    PartlyReplaced { id: String, count: usize, missing: Vec<String> },

    #[error("`{id}` takes the place of what was applied here with another text: {}", listed(ids))]
    #[diagnostic(
        code(migrate::replaced_differs),
        help(
            "nothing was changed; compare `pgplumb history --export` with the files of before they were squashed, and accept them there: `pgplumb repair ID --accept --because ...`"
        )
    )]
    ReplacedDiffers { id: String, ids: Vec<String> },

    #[error("migrations cannot be run here: {why}")]
    #[diagnostic(
        code(migrate::read_only),
        help(
            "connect to the primary (`target_session_attrs=read-write` finds it among several hosts), or set \
             `default_transaction_read_only = off`"
        )
    )]
    ReadOnly { why: &'static str },
}

/// One line below an error.
#[derive(Debug, Error, Diagnostic)]
#[error("{0}")]
#[diagnostic(severity(Advice))]
pub struct Difference(pub String);

const DRIFT: &str = "three ways out: take the change into the schema files and plan again; take it back in the database; \
                     or apply all the same with `--force drift`";
