//! `pgplumb baseline`: takes a database under control that has the schema already.

mod foreign;

use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;

use crate::command::database::Database;
use crate::command::error::CommandError;
use crate::command::listener::Listener;
use crate::command::out;
use crate::command::preflight::before;
use crate::command::runner::options;
use crate::config::Config;
use crate::exit::Exit;
use crate::migrate::event::Event;
use crate::migrate::folder;
use crate::migrate::foreign::TOOLS;
use crate::migrate::session::Session;

const AFTER_HELP: &str = "\
Writes down that the migrations of the folder are applied, without running them, and what the schema
is now. Where the last of them was planned to lead to something else, it is refused.

With `--from` the history of another tool is written down instead: what it applied, when and who,
and the texts of its files where they are what was applied. Its tables are only read, and from then
on they are left out of plans and of drift.

Examples:
  pgplumb baseline                                 all migrations that there are, or none yet
  pgplumb baseline --to 20261121150000_orders
  pgplumb baseline --from flyway --files src/main/resources/db/migration
  pgplumb baseline --from auto --history-table audit.schema_version

Exit status: 0 done; 1 the database is not what the migrations lead to, or the other tool's history
holds what is not whole; 2 failure.";

/// Take the migrations so far as applied, on a database that has the schema already
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    #[command(flatten)]
    database: Database,

    /// The last migration that counts as applied
    #[arg(long, value_name = "ID")]
    to: Option<String>,

    /// Take over the history of this tool; `auto` finds out which it is
    #[arg(long, value_name = "TOOL", conflicts_with = "to", value_parser = PossibleValuesParser::new(tools()))]
    from: Option<String>,

    /// The table of that tool, where it is not the usual one
    #[arg(long, value_name = "SCHEMA.NAME", requires = "from")]
    history_table: Option<String>,

    /// Where the files of that tool are, if not in the folder of the migrations
    #[arg(long, value_name = "FOLDER", requires = "from")]
    files: Option<PathBuf>,

    /// What the books say of why
    #[arg(long, value_name = "TICKET")]
    ticket: Option<String>,
}

/// What `--from` takes.
fn tools() -> impl Iterator<Item = &'static str> {
    std::iter::once("auto").chain(TOOLS.iter().map(|tool| tool.name))
}

/// # Errors
/// When the database is not what the migrations lead to, or the books cannot be written.
pub fn run(args: &Args, config: Option<&Path>) -> Result<Exit, CommandError> {
    let config = Config::load(config)?;
    let to = args.database.require_target(&config)?;
    let files = folder::read(&config.migrations())?;
    let mut listener = Listener::alone(false);
    let mut tell = |event: Event| listener.hear(event);
    let mut session = Session::open(&to, options(&config, args.ticket.as_deref()), &mut tell)?;
    before::not_pooled(&mut session.connection)?;
    let (taken, end) = match &args.from {
        Some(from) => foreign::take(args, from, &mut session, &files, &config)?,
        None => (session.baseline(&files, args.to.as_deref())?, String::new()),
    };
    for id in &taken {
        tracing::info!(event = "taken", database = to.describe(), id);
    }
    let mut text: String = taken.iter().map(|id| format!("took {id} as applied\n")).collect();
    text.push_str(&format!("{end}the state of {} is on record\n", to.describe()));
    out::text(&text)?;
    if args.from.is_none() {
        foreign::mention(&mut session)?;
    }
    Ok(Exit::Fine)
}
