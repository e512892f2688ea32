//! `pgplumb preflight`: what can be wrong with the server, the database and this machine, before anything is done.

pub(in crate::command) mod asked;
pub(in crate::command) mod before;
mod text;

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::command::database::Database;
use crate::command::error::CommandError;
use crate::command::format::TextOrJson;
use crate::command::out;
use crate::command::preflight::asked::asked;
use crate::command::run::Run;
use crate::config::Config;
use crate::exit::Exit;
use crate::operate::preflight::look;

const AFTER_HELP: &str = "\
Nothing is written to the database. A check that cannot be made says so, and is never taken for
one that found nothing. docs/preflight.md and `pgplumb explain CODE` say what each is for;
`preflight` in pgplumb.yaml has the limits, and the environment variables that are to be set.

Examples:
  pgplumb preflight --env production
  pgplumb preflight --strict --report reports/   before a release

Exit status: 0 no error; 1 an error, or with --strict a warning; 2 failure.";

/// Look at the server, the database and this machine before anything is done
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    #[command(flatten)]
    database: Database,

    /// Take warnings for errors
    #[arg(long)]
    strict: bool,

    /// For people, or for programs
    #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
    format: TextOrJson,

    /// Write the report of this run into this folder, and not where those of other runs are
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
}

/// # Errors
/// When no database is named, the files cannot be read, the connection is lost, or the report cannot be written.
pub fn run(args: &Args, config: Option<&Path>, run: &Run) -> Result<Exit, CommandError> {
    let config = Config::load(config)?;
    if let Some(folder) = &args.report {
        run.report_into(folder);
    }
    let to = args.database.require(&config)?;
    let asked = asked(&config, &to, args.report.as_deref())?;
    let report = look(&to, &asked)?;
    let at = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let document = report.document(env!("CARGO_PKG_VERSION"), args.strict, at);
    run.result(&document)?;
    match args.format {
        TextOrJson::Json => out::text(&(serde_json::to_string_pretty(&document)? + "\n"))?,
        TextOrJson::Text => out::text(&text::render(&report, args.strict))?,
    }
    Ok(if report.has_errors(args.strict) { Exit::Differs } else { Exit::Fine })
}
