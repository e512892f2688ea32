//! Why an operation stops.

use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

use crate::base::wording::listed;
use crate::catalog::read::ReadError;
use crate::db::error::DbError;
use crate::scratch::error::ScratchError;

#[derive(Debug, Error, Diagnostic)]
pub enum OperateError {
    #[error(transparent)]
    #[diagnostic(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    #[diagnostic(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    #[diagnostic(transparent)]
    Scratch(#[from] ScratchError),

    #[error("there is no `pg_dump` for a server of PostgreSQL {major} on this machine{}", others(found))]
    #[diagnostic(
        code(operate::no_program),
        help("install the client programs of PostgreSQL {major} or newer; `PGPLUMB_PG_BIN` names their folder")
    )]
    NoProgram { major: u32, found: Vec<u32> },

    #[error("`{program}` fails: {said}")]
    #[diagnostic(code(operate::program), help("{help}"))]
    Program { program: String, said: String, help: &'static str },

    #[error("the backup was interrupted")]
    #[diagnostic(code(operate::interrupted), help("nothing of it is left, and nothing was run; take it again"))]
    Interrupted,

    #[error("the restore was interrupted")]
    #[diagnostic(
        code(operate::restore_interrupted),
        help("nothing of it is left, and what was there is as it was; `pgplumb restore` begins anew")
    )]
    RestoreInterrupted,

    #[error("`{user}` may not create a database on {server}")]
    #[diagnostic(
        code(operate::no_create),
        help("`ALTER ROLE {user} CREATEDB`, or restore into an empty database with `--db`")
    )]
    NoCreate { user: String, server: String },

    #[error("PID {pid} is restoring into `{database}`")]
    #[diagnostic(
        code(operate::restore_at_work),
        help(
            "wait for it, or end it with `pgplumb health locks --end {pid} --yes`; then look whether anything is left to do"
        )
    )]
    RestoreAtWork { database: String, pid: i32 },

    #[error("cannot {doing} `{}`", path.display())]
    #[diagnostic(code(operate::file), help("check that the disk has room, and that you may read and write there"))]
    File {
        doing: &'static str,
        path: PathBuf,
        #[source]
        cause: std::io::Error,
    },

    #[error("there is no backup `{name}`")]
    #[diagnostic(code(operate::no_backup), help("{help}"))]
    NoBackup { name: String, help: String },

    #[error("the backup `{name}` is damaged: {what}")]
    #[diagnostic(code(operate::damaged), help("take another one: `pgplumb backup list` shows what there is"))]
    Damaged { name: String, what: String },

    #[error("there is a backup `{name}` already")]
    #[diagnostic(code(operate::backup_exists), help("give it another `--name`, or wait a second"))]
    BackupExists { name: String },

    #[error("no table fits `{pattern}`")]
    #[diagnostic(code(operate::no_table), help("write `schema.table`; `*` and `?` match as in a shell"))]
    NoTable { pattern: String },

    #[error("`{written}` is no date to go back to: {why}")]
    #[diagnostic(
        code(operate::date),
        help(
            "write `2026-11-01` or `2026-11-01T08:30`, which are in UTC, or with an offset or a zone: `2026-11-01T08:30+01:00`, `2026-11-01T08:30[Europe/Berlin]`"
        )
    )]
    Date { written: String, why: &'static str },

    #[error("no table has a column that says when a row was changed")]
    #[diagnostic(
        code(operate::none_declared),
        help("name them below `backup.since` in pgplumb.yaml: `public.orders: updated_at`; `backup full` needs none")
    )]
    NoneDeclared,

    #[error("no column of `{table}` is declared that says when a row was changed")]
    #[diagnostic(
        code(operate::undeclared),
        help("name it below `backup.since` in pgplumb.yaml: `{table}: updated_at`; `backup data` needs none")
    )]
    Undeclared { table: String },

    #[error("`{column}` of `{table}` cannot say when a row was changed: {why}")]
    #[diagnostic(
        code(operate::change_column),
        help("below `backup.since` in pgplumb.yaml stands a column of type timestamptz, timestamp or date")
    )]
    ChangeColumn { table: String, column: String, why: String },

    #[error("`{table}` has no primary key, so that its rows could not be put back over those that are there")]
    #[diagnostic(
        code(operate::no_key),
        help("give it one, or take it from `backup.since` in pgplumb.yaml: `backup data` has all rows")
    )]
    NoKey { table: String },

    #[error("`{name}` has only rows that changed since {since}, and no database comes back from it")]
    #[diagnostic(
        code(operate::only_changes),
        help(
            "restore a full backup from before that, and then write these rows over it: `pgplumb restore {name} --merge`"
        )
    )]
    OnlyChanges { name: String, since: String },

    #[error("`{name}` is no backup of changed rows, and only those are merged")]
    #[diagnostic(
        code(operate::not_changes),
        help("restore it without `--merge`: into an empty database, or into a new one")
    )]
    NotChanges { name: String },

    #[error("`{database}` is not empty: {}", listed(found))]
    #[diagnostic(
        code(operate::not_empty),
        help(
            "{}restore beside it: `--into-empty NAME` makes a new database, `--swap` puts that in its place when it has \
             been verified",
            already(*same)
        )
    )]
    NotEmpty { database: String, found: Vec<String>, same: bool },

    #[error("there are rows in {} already", listed(tables))]
    #[diagnostic(
        code(operate::rows_there),
        help("{}empty the tables first, or restore a full backup beside with `--swap`", already(*same))
    )]
    RowsThere { tables: Vec<String>, same: bool },

    #[error("the backup `{name}` does not hold all that a database needs")]
    #[diagnostic(
        code(operate::not_whole),
        help("only a full backup takes a database's place, and one of some tables goes into tables that are there")
    )]
    NotWhole { name: String },

    #[error("there is a database `{name}` already")]
    #[diagnostic(code(operate::database_exists), help("{}give another name, or drop it", already(*same)))]
    DatabaseExists { name: String, same: bool },

    #[error("what was restored is not what was dumped: {}", differences.join("; "))]
    #[diagnostic(code(operate::differs), help("{help}"))]
    Differs { differences: Vec<String>, help: String },

    #[error("`{text}` is no recipient of age")]
    #[diagnostic(
        code(operate::recipient),
        help("a recipient is the public key that `age-keygen` prints, and begins with `age1`")
    )]
    Recipient { text: String },

    #[error("the backup is encrypted, and no identity is named")]
    #[diagnostic(
        code(operate::no_identity),
        help("give `--identity FILE`, or `backup.identity` in pgplumb.yaml: the file that `age-keygen` wrote")
    )]
    NoIdentity,

    #[error("the backup cannot be decrypted with `{}`: {cause}", path.display())]
    #[diagnostic(code(operate::identity), help("name the file with the key of one of its recipients"))]
    Identity { path: PathBuf, cause: String },

    #[error("the configuration asks for {what}")]
    #[diagnostic(code(operate::settings), help("{help}"))]
    Settings { what: &'static str, help: &'static str },

    #[error("a manifest cannot be written or read: {0}")]
    #[diagnostic(code(operate::manifest), help("this is a fault of pgplumb: please report it"))]
    Manifest(#[from] serde_json::Error),
}

impl OperateError {
    /// What went wrong with a file.
    pub(in crate::operate) fn file(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |cause| Self::File { doing, path, cause }
    }

    /// Whether it is about how the database or the backup is, and not about what could not be done.
    pub fn is_difference(&self) -> bool {
        matches!(
            self,
            Self::NotEmpty { .. }
                | Self::RowsThere { .. }
                | Self::Differs { .. }
                | Self::Damaged { .. }
                | Self::OnlyChanges { .. }
        )
    }
}

/// Said where nothing is left to do, as after a run that was cut off behind its last step.
fn already(same: bool) -> &'static str {
    if same { "what is there is exactly what the backup holds; for another, " } else { "" }
}

fn others(found: &[u32]) -> String {
    let majors: Vec<String> = found.iter().map(u32::to_string).collect();
    if majors.is_empty() { String::new() } else { format!(", only for {}", majors.join(", ")) }
}
