//! Why there is no scratch database.

use std::io;
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

use crate::base::wording::listed;
use crate::db::error::DbError;

/// A failure to get, use or remove a scratch database.
#[derive(Debug, Error, Diagnostic)]
pub enum ScratchError {
    #[error("no scratch database can be had")]
    #[diagnostic(code(scratch::none))]
    None {
        /// What was tried and why it failed, and what to do.
        #[help]
        tried: String,
    },

    #[error("the server given with `--scratch` runs PostgreSQL {found}, and the target {wanted}")]
    #[diagnostic(
        code(scratch::other_major),
        help("the same SQL can mean different things to them: give a server of PostgreSQL {wanted}")
    )]
    OtherMajor { wanted: u32, found: u32 },

    #[error("`{user}` may not create a database on {server}")]
    #[diagnostic(code(scratch::no_right), help("`ALTER ROLE {user} CREATEDB`, or another server with `--scratch`"))]
    NoRight { user: String, server: String },

    #[error("there is no room left for the scratch database in `{}`", folder.display())]
    #[diagnostic(code(scratch::disk_full), help("free some space, or give another place with TMPDIR"))]
    DiskFull { folder: PathBuf },

    #[error("PostgreSQL does not run as root, and there is no user `postgres` or `nobody` to run it as")]
    #[diagnostic(code(scratch::root), help("run pgplumb as another user, or give a server with `--scratch`"))]
    Root,

    #[error("cannot {what} `{}`: {cause}", path.display())]
    #[diagnostic(
        code(scratch::file),
        help("scratch clusters live below the system's temporary folder: give another one with TMPDIR")
    )]
    File { what: &'static str, path: PathBuf, cause: io::Error },

    #[error("`{}` fails: {output}", program.display())]
    #[diagnostic(
        code(scratch::program),
        help("give the folder of working PostgreSQL programs with PGPLUMB_PG_BIN, or a server with `--scratch`")
    )]
    Program { program: PathBuf, output: String },

    #[error("the scratch database cannot have the target's locale: {cause}")]
    #[diagnostic(
        code(scratch::locale),
        help("install the locale on this machine, or give a server that has it with `--scratch`")
    )]
    Locale { cause: String },

    #[error("the scratch server has no role {}", listed(roles))]
    #[diagnostic(
        code(scratch::missing_role),
        help("create it there, or let pgplumb start a throw-away cluster: it creates roles as it needs them")
    )]
    MissingRole { roles: Vec<String> },

    #[error(transparent)]
    #[diagnostic(transparent)]
    Db(#[from] DbError),
}

impl ScratchError {
    /// A failed file operation; a full disk is a case of its own.
    pub(super) fn file(what: &'static str, path: &Path, cause: io::Error) -> Self {
        match cause.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { folder: path.to_owned() },
            _ => Self::File { what, path: path.to_owned(), cause },
        }
    }
}
