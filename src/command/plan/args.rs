//! What `plan` is asked on the command line.

use std::path::PathBuf;

use crate::command::database::Database;
use crate::command::fleet::Fleet;
use crate::command::format::{ToFile, to_file};
use crate::command::plan::online::{Online, online};
use crate::lint::allow::Allow;

const AFTER_HELP: &str = "\
Without a database (`--db`, `--env`, DATABASE_URL, PGHOST) the schema files are compared with the
migrations folder, replayed on scratch.

What loses data blocks, and so does what looks like a rename: each finding has a code, and `--allow`
lets it through. The files are written all the same.

`--check-data` asks the live database, in read-only transactions with a timeout, for rows that would
stop the plan half-way: duplicates, NULLs, orphans, values that a type or a CHECK does not take. It
shows how many there are and at most five primary keys, nothing else of a row.

A rename that keeps the old name, `-- pgplumb: renamed from OLD keep 2 releases`, is two
migrations: the second takes the old name away, and `apply` holds it back until then.

Examples:
  pgplumb plan                                             what the edited files change
  pgplumb plan --db postgresql://localhost/shop --stdout   only look
  pgplumb plan --env production --allow drop-column:orders.note

Exit status: 0 nothing blocks, 1 a finding blocks, 2 failure.";

/// Plan the way from the live database to the schema files, and prove it
#[derive(clap::Args, Clone)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    #[command(flatten)]
    pub(super) database: Database,

    /// A file or folder of the desired schema; may be given several times
    #[arg(long, value_name = "PATH")]
    pub(super) schema: Vec<PathBuf>,

    /// Write up.sql, down.sql and plan.json right here
    #[arg(long, value_name = "DIR", conflicts_with = "stdout")]
    pub(super) out: Option<PathBuf>,

    /// Write nothing; print the up, or the plan with `--format json`
    #[arg(long)]
    pub(super) stdout: bool,

    /// How it is printed: json is plan.json, markdown a comment on a pull request, html a
    /// page to look at; sarif, github, gitlab and junit hold the findings
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,

    /// Write the plan to a file as well; may be given several times
    #[arg(long, value_name = "FORMAT=FILE", value_parser = to_file::<Format>)]
    pub(super) report: Vec<ToFile<Format>>,

    /// What the change is called in the name of its folder
    #[arg(long, value_name = "SLUG")]
    pub(super) name: Option<String>,

    /// A server to make scratch databases on
    #[arg(long, value_name = "URL")]
    pub(super) scratch: Option<String>,

    /// Do not run the plan on scratch
    #[arg(long)]
    pub(super) no_prove: bool,

    /// Let findings through, of all objects or of one; `all` is all
    #[arg(long, value_name = "CODE[:OBJECT]")]
    pub(super) allow: Vec<Allow>,

    /// The online form of what would keep others waiting on a table in use (on, the default), or the
    /// plain one (off); expand takes two migrations for a type that writes its table anew and for a
    /// column or table that goes, the second held back; swap:TABLE[,TABLE] builds tables beside and
    /// exchanges them, in two as well
    #[arg(long, value_name = "FORM", value_parser = online)]
    pub(super) online: Vec<Online>,

    /// What it is planned for: tests get the plain form, as `--online off`
    #[arg(long = "for", value_enum, default_value_t = Purpose::Production, value_name = "PURPOSE")]
    pub(super) purpose: Purpose,

    /// Ask the live database, read-only, whether the rows that are there let the plan through
    #[arg(long)]
    pub(super) check_data: bool,

    /// Block where the database has something that is not managed
    #[arg(long)]
    pub(super) strict: bool,

    /// Say on stderr how long each part took
    #[arg(long)]
    pub(super) timings: bool,

    #[command(flatten)]
    pub(super) fleet: Fleet,

    /// Goes on from the migrations before this one, whatever database is there.
    #[arg(skip)]
    pub(super) before: Option<String>,

    /// Writes the folders into this one, from where somebody else moves them to their place.
    #[arg(skip)]
    pub(super) into: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub(super) enum Purpose {
    Production,
    Tests,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub(super) enum Format {
    // Documented for each value, the whole help would be twice as long.
    Text,
    Json,
    Markdown,
    Html,
    Sarif,
    Github,
    Gitlab,
    Junit,
}
