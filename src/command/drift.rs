//! `pgplumb drift`: what somebody else changed in the live schema, as a list, or as SQL in either direction.

use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::base::time;
use crate::base::wording::counted;
use crate::command::database::Database;
use crate::command::error::CommandError;
use crate::command::fleet::Fleet;
use crate::command::fleet::error::FleetError;
use crate::command::fleet::matrix::Matrix;
use crate::command::fleet::outcome::{Outcome, State, worst};
use crate::command::fleet::stand::{Question, stand};
use crate::command::fleet::target::Target;
use crate::command::format::TextOrJson;
use crate::command::out;
use crate::command::run::Run;
use crate::command::runner::{options, span};
use crate::config::Config;
use crate::db::url::ConnectionString;
use crate::exit::Exit;
use crate::migrate::drift::Drift;
use crate::migrate::error::MigrateError;
use crate::migrate::event::Event;
use crate::migrate::folder;
use crate::migrate::session::Session;
use crate::plan::plan;
use crate::script::bare::bare;
use crate::strategy;

const AFTER_HELP: &str = "\
The schema is held against what the last `apply`, `rollback` or `baseline` left.

Examples:
  pgplumb drift --env production
  pgplumb drift --targets shops.txt
  pgplumb drift --sql adopt > schema/adopted.sql   what was changed, to be put into the schema files
  pgplumb drift --sql revert                       what would take it back
  pgplumb drift --watch 1min --format json         a line whenever it changes, until interrupted

Exit status: 0 nothing was changed, 1 something was, 2 failure.";

/// Say what somebody else changed in the schema since the last run
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    #[command(flatten)]
    database: Database,

    /// Print SQL instead: what was changed, or what takes it back
    #[arg(long, value_enum, value_name = "WAY", conflicts_with_all = ["format", "watch"])]
    sql: Option<Way>,

    /// For people, or for programs: one line of JSON for each look
    #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
    format: TextOrJson,

    /// Look again and again, so long apart: `30s`, `5min`; says when something is different than before
    #[arg(long, value_name = "TIME", value_parser = pause)]
    watch: Option<Duration>,

    #[command(flatten)]
    fleet: Fleet,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
enum Way {
    Adopt,
    Revert,
}

/// Version 1, described by `docs/schema/drift.v1.json`.
#[derive(PartialEq, Serialize)]
pub(super) struct Look {
    version: u32,
    database: String,
    found: bool,
    fingerprint: String,
    differences: Vec<String>,
}

fn pause(text: &str) -> Result<Duration, String> {
    let pause = time::read(text).filter(|pause| !pause.is_zero());
    pause.ok_or_else(|| "a time has a unit, as `30s` or `5min`".to_owned())
}

/// # Errors
/// When the database cannot be read, or nothing is on record.
pub fn run(args: &Args, config: Option<&Path>, run: &Run) -> Result<Exit, CommandError> {
    let config = Config::load(config)?;
    if let Some(targets) = args.fleet.targets(&args.database, &config)? {
        return of_many(args, &targets, &config, run);
    }
    let to = args.database.require_target(&config)?;
    if let Some(every) = args.watch {
        return watch(args, &config, &to, every);
    }
    let drift = measured(&config, &to)?;
    run.result(&look(&drift, &to))?;
    match args.sql {
        Some(way) => out::text(&sql(&drift, way)?)?,
        None => out::text(&shown(&look(&drift, &to), args.format)?)?,
    }
    Ok(if drift.found { Exit::Differs } else { Exit::Fine })
}

fn of_many(args: &Args, targets: &[Target], config: &Config, run: &Run) -> Result<Exit, CommandError> {
    let one = [("--sql", args.sql.is_some()), ("--watch", args.watch.is_some())];
    if let Some((option, _)) = one.into_iter().find(|(_, given)| *given) {
        return Err(FleetError::NotOne { option }.into());
    }
    let files = folder::read(&config.migrations())?;
    let jobs = args.fleet.jobs(config);
    let (mut outcomes, groups) = stand(targets, &Question { config, files: &files, jobs, needs_record: true });
    outcomes.iter_mut().for_each(only_drift);
    let matrix = Matrix::of("drift", &outcomes, &groups);
    run.result(&matrix.kept()?)?;
    out::text(&matrix.render(args.format)?)?;
    Ok(worst(&outcomes))
}

/// What is pending or was cut off is for `status` to find fault with.
fn only_drift(outcome: &mut Outcome) {
    if outcome.error.is_some() {
        return;
    }
    match outcome.drift {
        Some(true) => (outcome.state, outcome.exit) = (State::Drift, Exit::Differs),
        _ => outcome.exit = Exit::Fine,
    }
}

fn measured(config: &Config, to: &ConnectionString) -> Result<Drift, CommandError> {
    let mut tell = |_: Event| {};
    let mut session = Session::open(to, options(config, None), &mut tell)?;
    Ok(session.drift()?.ok_or(MigrateError::NoRecord)?)
}

/// Never ends by itself. A server that is away for a while is said once, and looked for again.
fn watch(args: &Args, config: &Config, to: &ConnectionString, every: Duration) -> Result<Exit, CommandError> {
    let mut before = Some(look(&measured(config, to)?, to));
    out::text(&stamped(before.as_ref(), args.format)?)?;
    loop {
        sleep(every);
        match measured(config, to) {
            Ok(drift) => {
                let now = Some(look(&drift, to));
                if now != before {
                    out::text(&stamped(now.as_ref(), args.format)?)?;
                    before = now;
                }
            }
            Err(error) if before.is_some() => {
                out::remark(&format!("{}  {error}; looking again every {}", now(), span(every)));
                before = None;
            }
            Err(_) => {}
        }
    }
}

pub(super) fn look(drift: &Drift, to: &ConnectionString) -> Look {
    let (found, fingerprint) = (drift.found, drift.live.full.clone());
    Look { version: 1, database: to.describe(), found, fingerprint, differences: drift.differences() }
}

/// What was done to the schema, or what undoes it.
fn sql(drift: &Drift, way: Way) -> Result<String, CommandError> {
    let Some(left) = drift.left.as_ref().filter(|_| drift.found) else { return Ok(String::new()) };
    let (from, to) = match way {
        Way::Adopt => (&left.catalog, &drift.live.catalog),
        Way::Revert => (&drift.live.catalog, &left.catalog),
    };
    Ok(bare(&plan(from, to, &strategy::online)?))
}

pub(super) fn shown(look: &Look, format: TextOrJson) -> Result<String, CommandError> {
    if format == TextOrJson::Json {
        return Ok(serde_json::to_string(look)? + "\n");
    }
    let (database, short) = (&look.database, look.fingerprint.get(..8).unwrap_or_default());
    if !look.found {
        return Ok(format!("{database} is what the last run left ({short})\n"));
    }
    Ok(format!("{database} is not what the last run left: {}", listed(&look.differences)))
}

/// How many they are, and each on a line of its own.
pub(super) fn listed(differences: &[String]) -> String {
    let lines: String = differences.iter().map(|line| format!("  {line}\n")).collect();
    format!("{}\n{lines}", counted(differences.len(), "difference"))
}

/// The same with the time before it, for a person who comes back later.
fn stamped(look: Option<&Look>, format: TextOrJson) -> Result<String, CommandError> {
    let text = look.map(|look| shown(look, format)).transpose()?.unwrap_or_default();
    Ok(if format == TextOrJson::Json { text } else { format!("{}  {text}", now()) })
}

/// To the second.
fn now() -> String {
    Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
