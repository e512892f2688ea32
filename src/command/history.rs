//! `pgplumb history`: every run of every migration and of every seed, as the books have it.

mod text;

use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use crate::command::database::Database;
use crate::command::error::CommandError;
use crate::command::format::TextOrJson;
use crate::command::history::text::shown;
use crate::command::out;
use crate::command::runner::{error, options};
use crate::config::Config;
use crate::db::connection::Connection;
use crate::exit::Exit;
use crate::migrate::audit::{Entry, entries};
use crate::migrate::books::{self, Record};
use crate::migrate::effects::{Effect, effects};
use crate::migrate::event::Event;
use crate::migrate::seed::may_look;
use crate::migrate::seed::past::{Past, past};
use crate::migrate::session::Session;

const AFTER_HELP: &str = "\
`--format json` prints the list as docs/schema/runs.v1.json describes it.

With `--export` each run has the SQL of both directions, as it was when it was applied, and what
the plan saw its statements do. The audit comes with it: every change of the books, by whom, from
where and with which version, each with a hash over the one before. `pgplumb verify --audit` walks
it.

Exit status: 0, or 2 for a failure.";

/// List every run of every migration, and of every seed
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    #[command(flatten)]
    database: Database,

    /// For people, or for programs
    #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
    format: TextOrJson,

    /// Print all that is on record, which is JSON in any case
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
    seeds: &'a [Past],
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

/// Version 1, described by `docs/schema/runs.v1.json`.
#[derive(Serialize)]
struct Listed<'a> {
    version: u32,
    tool: &'static str,
    database: String,
    runs: Vec<Value>,
    seeds: &'a [Past],
}

/// # Errors
/// When the database cannot be read.
pub fn run(args: &Args, config: Option<&Path>) -> Result<Exit, CommandError> {
    let config = Config::load(config)?;
    let to = args.database.require_target(&config)?;
    let mut tell = |_: Event| {};
    let mut session = Session::open(&to, options(&config, None), &mut tell)?;
    let records = books::records(&mut session.connection)?;
    let seeds = seeds(&mut session.connection)?;
    let (version, tool, database) = (1, env!("CARGO_PKG_VERSION"), to.describe());
    if args.export {
        let runs = records.iter().map(|record| Exported { record, effects: effects(&record.up_sql) }).collect();
        let audit = entries(&mut session.connection)?;
        let document = Document { version, tool, database, runs, seeds: &seeds, audit };
        out::text(&(serde_json::to_string_pretty(&document)? + "\n"))?;
        return Ok(Exit::Fine);
    }
    match args.format {
        TextOrJson::Text => out::text(&shown(&records, &seeds))?,
        TextOrJson::Json => {
            let runs = records.iter().map(without_scripts).collect::<Result<_, _>>()?;
            let document = Listed { version, tool, database, runs, seeds: &seeds };
            out::text(&(serde_json::to_string_pretty(&document)? + "\n"))?;
        }
    }
    Ok(Exit::Fine)
}

/// The runs of seeds, where the role may read of them.
fn seeds(connection: &mut Connection) -> Result<Vec<Past>, CommandError> {
    if may_look(connection)? {
        return Ok(past(connection)?);
    }
    out::remark("note: this role may not read pgplumb.seed, so that seeds are not listed");
    Ok(Vec::new())
}

/// A run without what was run, which may hold what is not for everybody.
fn without_scripts(record: &Record) -> Result<Value, CommandError> {
    let mut value = serde_json::to_value(record)?;
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|name, _| !["up_sql", "down_sql"].contains(&name.as_str()));
        fields.insert("error".to_owned(), error(record).into());
    }
    Ok(value)
}
