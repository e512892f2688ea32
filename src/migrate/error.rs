//! Why the runner stops.

mod script;
mod state;
mod step;

use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};
use thiserror::Error;

use crate::catalog::read::ReadError;
use crate::db::error::DbError;
pub use crate::migrate::error::script::Fault;
pub use crate::migrate::error::state::{Difference, StateError};
pub use crate::migrate::error::step::StepError;
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

    #[error(transparent)]
    #[diagnostic(transparent)]
    Step(#[from] StepError),

    #[error(transparent)]
    #[diagnostic(transparent)]
    State(#[from] StateError),

    #[error("there is no folder `{}` for seeds", path.display())]
    #[diagnostic(
        code(migrate::no_seeds),
        help(
            "make it, with `*.sql` for all environments in it and a folder for each; `seeds` in pgplumb.yaml names another"
        )
    )]
    NoSeeds { path: std::path::PathBuf },

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

    #[error("`{id}` is not applied")]
    #[diagnostic(code(migrate::not_applied), help("`pgplumb status` lists what is"))]
    NotApplied { id: String },

    #[error("nothing is on record that the database could be held against")]
    #[diagnostic(code(migrate::no_record), help("`pgplumb apply` and `pgplumb baseline` write down what they leave"))]
    NoRecord,

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
        match self {
            Self::State(_) => true,
            Self::Foreign(error) => error.is_difference(),
            Self::Kept(error) => error.is_difference(),
            _ => false,
        }
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
