//! `pgplumb history`: every run of every migration, as the books have it.

use std::path::Path;

use serde::Serialize;

use crate::command::database::Database;
use crate::command::error::CommandError;
use crate::command::out;
use crate::command::runner::{options, ran};
use crate::config::Config;
use crate::exit::Exit;
use crate::migrate::audit::{Entry, entries};
use crate::migrate::books::{self, Outcome, Record};
use crate::migrate::effects::{Effect, effects};
use crate::migrate::event::Event;
use crate::migrate::session::Session;

const AFTER_HELP: &str = "\
With `--export` each run has the SQL of both directions, as it was when it was applied, and what
the plan saw its statements do. The audit comes with it: every change of the books, by whom, from
where and with which version, each with a hash over the one before. `pgplumb verify --audit` walks
it.

Exit status: 0, or 2 for a failure.";

/// List every run of every migration
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    #[command(flatten)]
    database: Database,

    /// Print all that is on record, as JSON
    #[arg(long)]
    export: bool,
}

/// Version 1, described by `docs/schema/history.v1.json`.
#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tool: &'static str,
    database: String,
    runs: Vec<Exported<'a>>,
    /// Every change of the books, oldest first.
    audit: Vec<Entry>,
}

/// A run with what its script says that it does.
#[derive(Serialize)]
struct Exported<'a> {
    #[serde(flatten)]
    record: &'a Record,
    effects: Vec<Effect>,
}

/// # Errors
/// When the database cannot be read.
pub fn run(args: &Args, config: Option<&Path>) -> Result<Exit, CommandError> {
    let config = Config::load(config)?;
    let to = args.database.require(&config)?;
    let mut tell = |_: Event| {};
    let mut session = Session::open(&to, options(&config, None), &mut tell)?;
    let records = books::records(&mut session.connection)?;
    if args.export {
        let (version, tool) = (1, env!("CARGO_PKG_VERSION"));
        let runs = records.iter().map(|record| Exported { record, effects: effects(&record.up_sql) }).collect();
        let audit = entries(&mut session.connection)?;
        let document = Document { version, tool, database: to.describe(), runs, audit };
        out::text(&(serde_json::to_string_pretty(&document)? + "\n"))?;
        return Ok(Exit::Fine);
    }
    let width = records.iter().map(|record| record.id.chars().count()).max().unwrap_or_default();
    let mut text = String::new();
    for record in &records {
        let outcome = match record.outcome {
            Outcome::Started => "started",
            Outcome::Applied => "applied",
            Outcome::Failed => "failed",
            Outcome::RolledBack => "rolled back",
        };
        let ran = ran(&record.started_at, &record.applied_by, None, record.origin.as_ref());
        let ticket = record.ticket.as_ref().map(|ticket| format!(", {ticket}")).unwrap_or_default();
        let took = record.seconds.map(|seconds| format!(", {seconds:.2} s")).unwrap_or_default();
        text.push_str(&format!("{:4}  {:width$}  {outcome:11}  {ran}{took}{ticket}\n", record.run, record.id));
    }
    out::text(if text.is_empty() { "nothing was ever run\n" } else { &text })?;
    Ok(Exit::Fine)
}
