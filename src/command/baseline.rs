//! `pgplumb baseline`: takes a database under control that has the schema already.

use std::path::Path;

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
use crate::migrate::session::Session;

const AFTER_HELP: &str = "\
Writes down that the migrations of the folder are applied, without running them, and what the schema
is now. Where the last of them was planned to lead to something else, it is refused.

Examples:
  pgplumb baseline                                 all migrations that there are, or none yet
  pgplumb baseline --to 20261121150000_orders

Exit status: 0 done, 1 the database is not what the migrations lead to, 2 failure.";

/// Take the migrations so far as applied, on a database that has the schema already
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    #[command(flatten)]
    database: Database,

    /// The last migration that counts as applied
    #[arg(long, value_name = "ID")]
    to: Option<String>,

    /// What the books say of why
    #[arg(long, value_name = "TICKET")]
    ticket: Option<String>,
}

/// # Errors
/// When the database is not what the migrations lead to, or the books cannot be written.
pub fn run(args: &Args, config: Option<&Path>) -> Result<Exit, CommandError> {
    let config = Config::load(config)?;
    let to = args.database.require(&config)?;
    let files = folder::read(&config.migrations())?;
    let mut listener = Listener::alone(false);
    let mut tell = |event: Event| listener.hear(event);
    let mut session = Session::open(&to, options(&config, args.ticket.as_deref()), &mut tell)?;
    before::not_pooled(&mut session.connection)?;
    let taken = session.baseline(&files, args.to.as_deref())?;
    for id in &taken {
        tracing::info!(event = "taken", database = to.describe(), id);
    }
    let mut text: String = taken.iter().map(|id| format!("took {id} as applied\n")).collect();
    text.push_str(&format!("the state of {} is on record\n", to.describe()));
    out::text(&text)?;
    Ok(Exit::Fine)
}
