//! Why the runner stops.

mod script;

use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};
use thiserror::Error;

use crate::base::wording::{counted, listed};
use crate::catalog::read::ReadError;
use crate::db::error::DbError;
pub use crate::migrate::error::script::Fault;
use crate::migrate::foreign::error::ForeignError;
use crate::migrate::kept::error::KeptError;
use crate::migrate::tenant::TenantError;
use crate::source::error::SourceError;
use crate::sql::directive::DirectiveError;
use crate::sql::split::Statement;

#[derive(Debug, Error, Diagnostic)]
pub enum MigrateError {
    #[error(transparent)]
    #[diagnostic(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    #[diagnostic(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    #[diagnostic(transparent)]
    Source(#[from] SourceError),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Kept(#[from] KeptError),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Tenant(Box<TenantError>),

    #[error("{fault}")]
    #[diagnostic(code(migrate::script), help("{}", fault.help()))]
    Script {
        fault: Fault,
        #[source_code]
        text: NamedSource<Arc<str>>,
        #[label("here")]
        at: SourceSpan,
    },

    #[error(transparent)]
    #[diagnostic(transparent)]
    Directive(Box<DirectiveError>),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Foreign(#[from] ForeignError),

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
    Step {
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

    #[error("there is no folder `{}` for seeds", path.display())]
    #[diagnostic(
        code(migrate::no_seeds),
        help(
            "make it, with `*.sql` for all environments in it and a folder for each; `seeds` in pgplumb.yaml names another"
        )
    )]
    NoSeeds { path: std::path::PathBuf },

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

    #[error("{} changed since {} applied: {}", counted(ids.len(), "migration"), if ids.len() == 1 { "it was" } else { "they were" }, listed(ids))]
    #[diagnostic(
        code(migrate::edited),
        help(
            "put back what was applied (`pgplumb history --export` has it), or accept the file as it is: `pgplumb repair ID --accept --because ...`"
        )
    )]
    Edited { ids: Vec<String> },

    #[error("`{id}` was cut off, and what it did before that is not in its file any more")]
    #[diagnostic(
        code(migrate::edited_midway),
        help(
            "put back the steps that are done (`pgplumb resume --explain` lists them); what comes after them may be edited"
        )
    )]
    EditedMidway { id: String },

    #[error("{}", missing(id, *forward))]
    #[diagnostic(code(migrate::unfinished), help("`{}` finishes it", if *forward { "pgplumb apply" } else { "pgplumb rollback" }))]
    Unfinished { id: String, forward: bool },

    #[error("`{id}` was cut off, and its files are gone")]
    #[diagnostic(code(migrate::gone), help("put its folder back: `pgplumb history --export` has the scripts"))]
    Gone { id: String },

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

    #[error("`{id}` is not applied")]
    #[diagnostic(code(migrate::not_applied), help("`pgplumb status` lists what is"))]
    NotApplied { id: String },

    #[error("`{id}` cannot be said to be so: {why}")]
    #[diagnostic(code(migrate::contradicted), help("nothing was changed; `pgplumb status` shows how things stand"))]
    Contradicted { id: String, why: String },

    #[error("nothing is on record that the database could be held against")]
    #[diagnostic(code(migrate::no_record), help("`pgplumb apply` and `pgplumb baseline` write down what they leave"))]
    NoRecord,

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

    #[error("the run was interrupted")]
    #[diagnostic(
        code(migrate::interrupted),
        help(
            "what is done stays done; `pgplumb apply`, or `rollback`, goes on where it stopped; `pgplumb status` shows where that is"
        )
    )]
    Interrupted,

    #[error("there is no migration `{id}`")]
    #[diagnostic(code(migrate::no_migration), help("{help}"))]
    NoMigration { id: String, help: String },

    #[error("another run is at work on this database since {since}: {user}, PID {pid}, {application}")]
    #[diagnostic(
        code(migrate::busy),
        help("run this again when it is done, or wait longer: `apply.wait` in pgplumb.yaml")
    )]
    Busy { pid: i32, user: String, application: String, since: String },

    #[error("migrations cannot be run here: {why}")]
    #[diagnostic(
        code(migrate::read_only),
        help(
            "connect to the primary (`target_session_attrs=read-write` finds it among several hosts), or set \
             `default_transaction_read_only = off`"
        )
    )]
    ReadOnly { why: &'static str },

    #[error("the books of the database were kept by a newer pgplumb (`{id}`)")]
    #[diagnostic(code(migrate::newer_books), help("use that version of pgplumb, or a newer one"))]
    NewerBooks { id: String },

    #[error("`{}` cannot be read: {what}", path.display())]
    #[diagnostic(code(migrate::plan_file), help("it is what `pgplumb plan` wrote: put that back, or delete it"))]
    PlanFile { path: std::path::PathBuf, what: String },

    #[error("`{}` cannot be read: {what}", path.display())]
    #[diagnostic(code(migrate::branch_file), help("it is what `pgplumb rebase` wrote: put that back"))]
    BranchFile { path: std::path::PathBuf, what: String },
}

/// One line below an error.
#[derive(Debug, Error, Diagnostic)]
#[error("{0}")]
#[diagnostic(severity(Advice))]
pub struct Difference(pub String);

const DRIFT: &str = "three ways out: take the change into the schema files and plan again; take it back in the database; \
                     or apply all the same with `--force drift`";

fn missing(id: &str, forward: bool) -> String {
    let way = if forward { "applied" } else { "rolled back" };
    format!("`{id}` is half {way}")
}

impl From<TenantError> for MigrateError {
    fn from(error: TenantError) -> Self {
        Self::Tenant(Box::new(error))
    }
}

impl MigrateError {
    /// A script that cannot be run.
    pub fn script(fault: Fault, at: &Statement) -> Self {
        let span = (at.span.start, first_line(at.sql())).into();
        Self::Script { fault, text: at.file.named_source(), at: span }
    }

    /// Whether it is about the state of the database or of the files, and not about a failure.
    pub fn is_difference(&self) -> bool {
        if let Self::Foreign(error) = self {
            return error.is_difference();
        }
        if let Self::Kept(error) = self {
            return error.is_difference();
        }
        matches!(
            self,
            Self::Drift { .. }
                | Self::WrongStart { .. }
                | Self::NotReached { .. }
                | Self::NotReturned { .. }
                | Self::Lossy { .. }
                | Self::Irreversible { .. }
                | Self::Contradicted { .. }
                | Self::Edited { .. }
                | Self::OutOfOrder { .. }
                | Self::PartlyReplaced { .. }
                | Self::ReplacedDiffers { .. }
                | Self::ReadOnly { .. }
        )
    }
}

/// The length of the first line.
fn first_line(sql: &str) -> usize {
    sql.find('\n').unwrap_or(sql.len())
}

/// The part of a statement that the server points at; `position` counts characters from one.
pub fn pointed(statement: &Statement, position: Option<u32>) -> SourceSpan {
    let sql = statement.sql();
    let before = position.and_then(|position| usize::try_from(position).ok()?.checked_sub(1));
    let Some((inside, _)) = before.and_then(|before| sql.char_indices().nth(before)) else {
        return (statement.span.start, first_line(sql)).into();
    };
    let rest = &sql[inside..];
    let length = rest.find(|c: char| c.is_whitespace() || c == ';').unwrap_or(rest.len());
    (statement.span.start + inside, length).into()
}
