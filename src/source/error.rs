//! Why a state could not be had.

mod refused;

use std::path::PathBuf;
use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};
use thiserror::Error;

pub use crate::source::error::refused::Refused;

use crate::base::wording::counted;
use crate::catalog::read::ReadError;
use crate::db::error::DbError;
use crate::scratch::error::ScratchError;
use crate::sql::syntax::SyntaxError;

#[derive(Debug, Error, Diagnostic)]
pub enum SourceError {
    #[error("there is no `{}`", path.display())]
    #[diagnostic(code(source::not_there), help("{}", expected(path)))]
    NotThere { path: PathBuf },

    #[error("`{}` cannot be read", path.display())]
    #[diagnostic(code(source::unreadable), help("check that it is a file or folder that you may read"))]
    Unreadable {
        path: PathBuf,
        #[source]
        cause: std::io::Error,
    },

    #[error("there is no `{name}`, which psql would read here")]
    #[diagnostic(
        code(source::not_taken_in),
        help(
            "it is looked for in this folder and beside the file; name the files themselves with `--schema` where psql is given variables"
        )
    )]
    NotTakenIn {
        name: String,
        #[source_code]
        text: NamedSource<Arc<str>>,
        #[label("this file")]
        at: SourceSpan,
    },

    #[error("there is no SQL in `{}`", path.display())]
    #[diagnostic(
        code(source::no_sql),
        help("put the schema there, in files whose names end in `.sql`; `pgplumb init` makes a start")
    )]
    NoSql { path: PathBuf },

    #[error("`{}` is not UTF-8", path.display())]
    #[diagnostic(code(source::encoding), help("line {line} has the first byte that is not; save the file as UTF-8"))]
    Encoding { path: PathBuf, line: usize },

    #[error("{}", snapshot_error(path, what))]
    #[diagnostic(code(source::snapshot), help("write it again with `pgplumb dump --snapshot`"))]
    Snapshot { path: PathBuf, what: SnapshotFault },

    #[error("`{}` is one migration, and leads nowhere by itself", path.display())]
    #[diagnostic(code(source::one_migration), help("name the folder that it is in: all migrations in it are replayed"))]
    OneMigration { path: PathBuf },

    #[error("migration `{migration}` does not run: {said}")]
    #[diagnostic(code(source::migration))]
    Migration {
        migration: String,
        said: String,
        #[source_code]
        text: NamedSource<Arc<str>>,
        #[label("{sqlstate}")]
        at: SourceSpan,
        sqlstate: String,
        #[help]
        help: Option<String>,
    },

    #[error("migrations were being moved when a run was cut off: `{}` has the others", path.display())]
    #[diagnostic(
        code(source::cut_off),
        help(
            "run `pgplumb rebase` (or `pgplumb squash`, if it was that) again: it puts all of them back and does it anew; if one is at work, wait for it"
        )
    )]
    CutOff { path: PathBuf },

    #[error("`{first}` and `{second}` are migrations of the same version")]
    #[diagnostic(
        code(source::same_version),
        help("give one of them another number: which of the two runs first, or at all, is for nobody to tell")
    )]
    SameVersion { first: String, second: String },

    #[error("{count} in the SQL of the schema")]
    #[diagnostic(code(source::syntax))]
    Syntax {
        /// `3 syntax errors`.
        count: String,
        #[related]
        errors: Vec<SyntaxError>,
    },

    #[error(transparent)]
    #[diagnostic(transparent)]
    OneSyntax(Box<SyntaxError>),

    #[error("{count} of the schema cannot be loaded")]
    #[diagnostic(code(source::schema))]
    Refused {
        /// `3 statements`.
        count: String,
        #[related]
        statements: Vec<Refused>,
        #[help]
        help: Option<String>,
    },

    #[error("these statements need each other, and no order of them works")]
    #[diagnostic(code(source::cycle), help("break the loop: leave out of one of them what needs the other"))]
    Cycle {
        #[related]
        statements: Vec<Refused>,
    },

    #[error(transparent)]
    #[diagnostic(transparent)]
    One(Box<Refused>),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Scratch(#[from] ScratchError),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Read(#[from] ReadError),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Db(#[from] DbError),
}

impl SourceError {
    /// All syntax errors as one error; none when there is none.
    pub(crate) fn syntax(errors: Vec<SyntaxError>) -> Option<Self> {
        let count = counted(errors.len(), "syntax error");
        match <[SyntaxError; 1]>::try_from(errors) {
            Ok([only]) => Some(Self::OneSyntax(Box::new(only))),
            Err(errors) if errors.is_empty() => None,
            Err(errors) => Some(Self::Syntax { count, errors }),
        }
    }
}

/// What is wrong with a snapshot.
#[derive(Debug)]
pub enum SnapshotFault {
    Json(serde_json::Error),
    Version(u32),
    Damaged,
}

fn snapshot_error(path: &std::path::Path, what: &SnapshotFault) -> String {
    let path = path.display();
    match what {
        SnapshotFault::Json(error) => format!("the snapshot `{path}` cannot be decoded: {error}"),
        SnapshotFault::Version(version) => format!("the snapshot `{path}` is of version {version}, which is not known"),
        SnapshotFault::Damaged => {
            format!("the snapshot `{path}` is damaged: its content does not have its fingerprint")
        }
    }
}

fn expected(path: &std::path::Path) -> String {
    match path.parent().filter(|parent| !parent.as_os_str().is_empty() && !parent.exists()) {
        Some(parent) => format!("its folder `{}` is not there either", parent.display()),
        None => "a connection string, a file or folder of SQL, a snapshot or a migrations folder is wanted".to_owned(),
    }
}
