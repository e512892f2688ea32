//! `pgplumb repair`: corrects the books by hand, with a reason.

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
use crate::migrate::repair::Repair;
use crate::migrate::session::Session;

const AFTER_HELP: &str = "\
Only the books are changed, never the schema. What the catalog contradicts is refused, and every
correction is kept with its reason in pgplumb.repair.

Examples:
  pgplumb repair 20261121150000_orders --accept --because 'only a comment was changed'
  pgplumb repair orders --rolled-back --because 'taken back by hand in the incident'

Exit status: 0 done, 1 the catalog or the books say otherwise, 2 failure.";

/// Correct the books, with a reason
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP, group(clap::ArgGroup::new("what").required(true)))]
pub struct Args {
    /// The migration: its folder, its time, or its name
    #[arg(value_name = "ID")]
    id: String,

    #[command(flatten)]
    database: Database,

    /// Take its file as it is now for what was applied
    #[arg(long, group = "what")]
    accept: bool,

    /// It was taken back by hand
    #[arg(long, group = "what")]
    rolled_back: bool,

    /// Strike out all its runs
    #[arg(long, group = "what")]
    forget: bool,

    /// A step that was cut off took effect
    #[arg(long, group = "what", value_name = "STEP")]
    step_done: Option<i32>,

    /// A step that was cut off did nothing
    #[arg(long, group = "what", value_name = "STEP")]
    step_undone: Option<i32>,

    /// Why; it is kept
    #[arg(long, value_name = "TEXT", required = true, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    because: String,
}

/// # Errors
/// When the catalog or the books contradict it.
pub fn run(args: &Args, config: Option<&Path>) -> Result<Exit, CommandError> {
    let config = Config::load(config)?;
    let to = args.database.require_target(&config)?;
    let files = folder::read(&config.migrations())?;
    let step = |number: Option<i32>, done| number.map(|number| Repair::Step { number, done });
    let repair = match step(args.step_done, true).or(step(args.step_undone, false)) {
        Some(repair) => repair,
        None if args.accept => Repair::Accept,
        None if args.forget => Repair::Forget,
        None => Repair::RolledBack,
    };
    let mut listener = Listener::alone(false);
    let mut tell = |event: Event| listener.hear(event);
    let mut session = Session::open(&to, options(&config, None), &mut tell)?;
    before::not_pooled(&mut session.connection)?;
    let what = session.repair(&files, &args.id, repair, &args.because)?;
    tracing::info!(event = "repaired", database = to.describe(), id = args.id, what);
    out::text(&format!("{}: {what}\n", args.id))?;
    Ok(Exit::Fine)
}
