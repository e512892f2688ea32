//! Why a verb failed: what a layer below says, or what only the command line can be wrong about.

use std::path::PathBuf;

use miette::Diagnostic;
use thiserror::Error;

use crate::base::wording::{counted, nearest};
use crate::catalog::read::ReadError;
use crate::command::fleet::error::FleetError;
use crate::command::gate::error::GateError;
use crate::command::rebase::error::RebaseError;
use crate::command::squash::error::SquashError;
use crate::config::error::ConfigError;
use crate::db::error::DbError;
use crate::exit::Exit;
use crate::lint::rule::RULES;
use crate::migrate::error::MigrateError;
use crate::operate::error::OperateError;
use crate::operate::preflight::CHECKS;
use crate::plan::error::PlanError;
use crate::prove::error::ProofError;
use crate::scratch::error::ScratchError;
use crate::source::error::SourceError;
use crate::sql::directive::DirectiveError;

#[derive(Debug, Error, Diagnostic)]
pub enum CommandError {
    #[error(transparent)]
    #[diagnostic(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    #[diagnostic(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    #[diagnostic(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    #[diagnostic(transparent)]
    Scratch(#[from] ScratchError),
    #[error(transparent)]
    #[diagnostic(transparent)]
    Plan(#[from] PlanError),
    #[error(transparent)]
    #[diagnostic(transparent)]
    Proof(#[from] ProofError),
    #[error(transparent)]
    #[diagnostic(transparent)]
    Migrate(#[from] MigrateError),
    #[error(transparent)]
    #[diagnostic(transparent)]
    Operate(#[from] OperateError),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Fleet(#[from] FleetError),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Gate(#[from] GateError),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Rebase(#[from] RebaseError),
    #[error(transparent)]
    #[diagnostic(transparent)]
    Squash(#[from] SquashError),

    #[error("{} in the schema files cannot be followed", counted(errors.len(), "directive"))]
    #[diagnostic(code(command::directive))]
    Directives {
        #[related]
        errors: Vec<DirectiveError>,
    },

    #[error("{} in the way of a run", counted(errors.len(), "obstacle"))]
    #[diagnostic(
        code(command::preflight),
        help("nothing was run; `pgplumb preflight` shows all, `--force CODE` goes on in spite of one")
    )]
    Preflight {
        #[related]
        errors: Vec<Obstacle>,
    },

    #[error("the plan cannot be written as JSON")]
    #[diagnostic(code(command::json), help("this is a fault of pgplumb: please report it"))]
    Json(#[from] serde_json::Error),

    #[error("no database is named")]
    #[diagnostic(
        code(command::no_database),
        help(
            "give `--db URL`, or `--env NAME` with an environment of pgplumb.yaml, or set `DATABASE_URL` or `PGHOST`"
        )
    )]
    NoDatabase,

    #[error("`{option}` stands before the verb, which would not hear of it")]
    #[diagnostic(
        code(command::before_verb),
        help("write it behind the verb; `pgplumb backup --since DATE` has no verb of its own")
    )]
    BeforeVerb { option: &'static str },

    #[error("`{}` is there already", path.display())]
    #[diagnostic(code(command::exists), help("{help}"))]
    Exists { path: PathBuf, help: &'static str },

    #[error("`{}` cannot be written", path.display())]
    #[diagnostic(code(command::unwritable), help("{}", unwritable(cause)))]
    Unwritable {
        path: PathBuf,
        #[source]
        cause: std::io::Error,
    },

    #[error("`--online` asks for two things at once")]
    #[diagnostic(code(command::online), help("give on, expand or off once; only `swap:TABLE` may be repeated"))]
    Online,

    #[error("there is no table `{name}` in both states")]
    #[diagnostic(
        code(command::no_table),
        help("name a table of the live database that the schema files have too, with its schema: `public.orders`")
    )]
    NoTable { name: String },

    #[error("there is no rule `{code}`")]
    #[diagnostic(code(command::no_rule), help("{help}"))]
    NoRule { code: String, help: String },

    #[error("`{}` is no baseline of this version", path.display())]
    #[diagnostic(
        code(command::no_baseline),
        help("a baseline is written by `pgplumb lint --baseline FILE` where FILE is not there yet")
    )]
    NoBaseline { path: PathBuf },

    #[error("`{}` cannot be read", path.display())]
    #[diagnostic(code(command::unreadable), help("check that it is a file and that you may read it"))]
    Unreadable {
        path: PathBuf,
        #[source]
        cause: std::io::Error,
    },

    #[error("reading the live database ended without an answer")]
    #[diagnostic(code(command::lost), help("this is a fault of pgplumb: please report it with what stands above"))]
    Lost,

    #[error("there is no session with PID {pid} in {database}")]
    #[diagnostic(code(command::no_session), help("`pgplumb health locks` lists those that wait or are waited for"))]
    NoSession { pid: i32, database: String },

    #[error("stdout takes no more")]
    #[diagnostic(code(command::stdout))]
    Stdout(#[source] std::io::Error),
}

/// What a check found that stops a run.
#[derive(Debug, Error, Diagnostic)]
#[error("{code}: {what}")]
pub struct Obstacle {
    pub code: &'static str,
    pub what: String,
    #[help]
    pub help: String,
}

impl CommandError {
    /// A code on the command line that no rule has.
    pub(crate) fn no_rule(code: &str) -> Self {
        let codes = RULES.iter().map(|rule| rule.code).chain(CHECKS.iter().map(|check| check.code));
        let help = match nearest(code, codes) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "`pgplumb explain` lists the rules".to_owned(),
        };
        Self::NoRule { code: code.to_owned(), help }
    }

    /// The SQLSTATE of a statement that was no step.
    pub(crate) fn sqlstate(&self) -> Option<&str> {
        match self {
            Self::Db(error)
            | Self::Migrate(
                MigrateError::Db(error)
                | MigrateError::Read(ReadError::Db(error) | ReadError::Room { cause: error, .. }),
            )
            | Self::Operate(
                OperateError::Db(error)
                | OperateError::Read(ReadError::Db(error) | ReadError::Room { cause: error, .. }),
            ) => error.sqlstate(),
            _ => None,
        }
    }

    /// Whether the reader of stdout went away, as `head` does.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Stdout(cause) if cause.kind() == std::io::ErrorKind::BrokenPipe)
    }

    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Migrate(error) if error.is_difference() => Exit::Differs,
            Self::Operate(error) if error.is_difference() => Exit::Differs,
            Self::Gate(error) if error.is_difference() => Exit::Differs,
            Self::Migrate(MigrateError::Interrupted)
            | Self::Operate(OperateError::Interrupted | OperateError::RestoreInterrupted) => Exit::Interrupted,
            Self::Squash(SquashError::Data { .. } | SquashError::Lost { .. }) => Exit::Differs,
            Self::Preflight { .. } | Self::Fleet(FleetError::Rows) => Exit::Differs,
            Self::BeforeVerb { .. } => Exit::Usage,
            Self::Fleet(FleetError::NotMany { .. } | FleetError::NotOne { .. }) => Exit::Usage,
            _ => Exit::Failure,
        }
    }
}

/// What to do about a file or folder that cannot be written.
fn unwritable(cause: &std::io::Error) -> &'static str {
    use std::io::ErrorKind::{
        AlreadyExists, FileTooLarge, NotADirectory, PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull,
    };
    match cause.kind() {
        AlreadyExists | NotADirectory => {
            "a file stands where a folder is wanted: move it away, or give another `--out`"
        }
        PermissionDenied => "you may not write there: give another `--out`, or ask who owns the folder",
        StorageFull | QuotaExceeded | FileTooLarge => {
            "there is no room for it: free some space, or give another `--out`; nothing was written"
        }
        ReadOnlyFilesystem => "the disk is read-only: give another `--out`",
        _ => "check that the disk has room and that you may write there",
    }
}
