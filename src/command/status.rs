//! `pgplumb status`: how each migration stands, and whether somebody else was at the schema.

mod text;

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use crate::command::database::Database;
use crate::command::error::CommandError;
use crate::command::fleet::Fleet;
use crate::command::fleet::group::told;
use crate::command::fleet::matrix::Matrix;
use crate::command::fleet::outcome::worst;
use crate::command::fleet::stand::{Question, stand};
use crate::command::fleet::target::Target;
use crate::command::format::TextOrJson;
use crate::command::out;
use crate::command::run::Run;
use crate::command::runner::{error, options, taken_back};
use crate::command::status::text::shown;
use crate::config::Config;
use crate::exit::Exit;
use crate::migrate::event::Event;
use crate::migrate::foreign::origin::Origin;
use crate::migrate::hold::held;
use crate::migrate::session::Session;
use crate::migrate::survey::{Entry, Standing, Survey};
use crate::migrate::{books, folder, seed};

const AFTER_HELP: &str = "\
Nothing is written, and nobody is waited for. Seeds that are not run make no difference to the exit
status; of many databases they are not shown.

Examples:
  pgplumb status --env production
  pgplumb status --env staging,production

Exit status: 0 all is applied and as it should be; 1 something is pending, or not as it should be;
2 failure.";

/// Say how each migration stands on a live database
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    #[command(flatten)]
    database: Database,

    /// For people, or for programs
    #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
    format: TextOrJson,

    #[command(flatten)]
    fleet: Fleet,
}

/// Version 1, described by `docs/schema/status.v1.json`.
#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tool: &'static str,
    database: String,
    migrations: Vec<One<'a>>,
    seeds: Vec<Seed<'a>>,
    drift: Drift,
    summary: BTreeMap<Standing, usize>,
}

#[derive(Serialize)]
struct One<'a> {
    id: &'a str,
    standing: Standing,
    out_of_order: bool,
    kind: Option<&'a str>,
    applied_by: Option<&'a str>,
    applied_from: Option<&'a str>,
    started_at: Option<&'a str>,
    rolled_back_at: Option<&'a str>,
    rolled_back_by: Option<&'a str>,
    rolled_back_from: Option<&'a str>,
    seconds: Option<f64>,
    ticket: Option<&'a str>,
    rollback_ticket: Option<&'a str>,
    error: Option<String>,
    tool_version: Option<&'a str>,
    down: Option<&'a str>,
    losses: &'a [String],
    /// Why it does not run yet.
    waits: Option<String>,
    /// Who took it back, for a person.
    #[serde(skip)]
    back: String,
    /// Which other tool applied it.
    origin: Option<&'a Origin>,
}

/// What is null was never run.
#[derive(Serialize)]
struct Seed<'a> {
    name: &'a str,
    standing: seed::Standing,
    environment: Option<&'a str>,
    applied_by: Option<&'a str>,
    applied_from: Option<&'a str>,
    applied_at: Option<&'a str>,
    seconds: Option<f64>,
    ticket: Option<&'a str>,
    /// Of the file as it was run.
    sha256: Option<&'a str>,
}

#[derive(Serialize)]
struct Drift {
    /// None where nothing is on record that the schema could be held against.
    found: Option<bool>,
    differences: Vec<String>,
}

/// # Errors
/// When the database cannot be read.
pub fn run(args: &Args, config: Option<&Path>, run: &Run) -> Result<Exit, CommandError> {
    let config = Config::load(config)?;
    if let Some(targets) = args.fleet.targets(&args.database, &config)? {
        return of_many(args, &targets, &config, run);
    }
    let to = args.database.require_target(&config)?;
    let files = folder::read(&config.migrations())?;
    let mut tell = |_: Event| {};
    let mut session = Session::open(&to, options(&config, None), &mut tell)?;
    let records = books::records(&mut session.connection)?;
    let survey = Survey::of(&files, &records);
    let drift = session.drift()?;
    let drift = Drift {
        found: drift.as_ref().map(|drift| drift.found),
        differences: drift.as_ref().map(|drift| drift.differences()).unwrap_or_default(),
    };
    let mut summary = BTreeMap::new();
    for entry in &survey.entries {
        *summary.entry(entry.standing).or_insert(0) += 1;
    }
    let fine = drift.found != Some(true) && summary.keys().all(|standing| *standing == Standing::Applied);
    let migrations = survey.entries.iter().map(|entry| one(entry, &survey)).collect();
    let folder = config.seeds();
    let (mut files, mut done) = (Vec::new(), Vec::new());
    if seed::may_look(&mut session.connection)? {
        if folder.is_dir() {
            files = seed::read(&folder, args.database.env.as_deref())?;
        }
        done = seed::done(&mut session.connection)?;
    }
    let seeds = seed::survey(&files, &done, &folder).iter().map(seeded).collect();
    let (version, tool) = (1, env!("CARGO_PKG_VERSION"));
    let document = Document { version, tool, database: to.describe(), migrations, seeds, drift, summary };
    run.result(&kept(&document)?)?;
    match args.format {
        TextOrJson::Json => out::text(&(serde_json::to_string_pretty(&document)? + "\n"))?,
        TextOrJson::Text => out::text(&shown(&document))?,
    }
    Ok(if fine { Exit::Fine } else { Exit::Differs })
}

/// What a report may hold of it: not what a server said, which may quote rows.
fn kept(document: &Document) -> Result<Value, CommandError> {
    let mut document = serde_json::to_value(document)?;
    let migrations = document.get_mut("migrations").and_then(Value::as_array_mut);
    for migration in migrations.into_iter().flatten() {
        if let Some(error) = migration.get_mut("error") {
            *error = Value::Null;
        }
    }
    Ok(document)
}

fn of_many(args: &Args, targets: &[Target], config: &Config, run: &Run) -> Result<Exit, CommandError> {
    let files = folder::read(&config.migrations())?;
    let jobs = args.fleet.jobs(config);
    let (outcomes, groups) = stand(targets, &Question { config, files: &files, jobs, needs_record: false });
    let matrix = Matrix::of("status", &outcomes, &groups);
    run.result(&matrix.kept()?)?;
    out::text(&matrix.render(args.format)?)?;
    if args.format == TextOrJson::Text && groups.len() > 1 {
        out::text(&told(&groups))?;
    }
    Ok(worst(&outcomes))
}

fn one<'a>(entry: &'a Entry, survey: &Survey) -> One<'a> {
    let record = entry.record;
    let file_grade = entry.file.and_then(|file| file.grade.as_deref());
    let losses = record.map(|record| &record.losses).or(entry.file.map(|file| &file.losses));
    let contract = entry.file.filter(|_| entry.standing.is_due()).and_then(|file| file.contract.as_ref());
    let held = contract.and_then(|contract| held(entry, contract, survey));
    One {
        id: &entry.id,
        standing: entry.standing,
        out_of_order: entry.out_of_order,
        kind: record.map(|record| record.kind.as_str()),
        applied_by: record.map(|record| record.applied_by.as_str()),
        applied_from: record.and_then(|record| record.applied_from.as_deref()),
        started_at: record.map(|record| record.started_at.as_str()),
        rolled_back_at: record.and_then(|record| record.rolled_back_at.as_deref()),
        rolled_back_by: record.and_then(|record| record.rolled_back_by.as_deref()),
        rolled_back_from: record.and_then(|record| record.rolled_back_from.as_deref()),
        seconds: record.and_then(|record| record.seconds),
        ticket: record.and_then(|record| record.ticket.as_deref()),
        rollback_ticket: record.and_then(|record| record.rollback_ticket.as_deref()),
        error: record.and_then(error),
        tool_version: record.map(|record| record.tool_version.as_str()),
        down: record.map_or(file_grade, |record| record.down_grade.as_deref()),
        losses: losses.map(Vec::as_slice).unwrap_or_default(),
        waits: held.map(|held| held.waits.unwrap_or_else(|| "`apply --phase contract`".to_owned())),
        origin: record.and_then(|record| record.origin.as_ref()),
        back: record.map(taken_back).unwrap_or_default(),
    }
}

fn seeded<'a>(entry: &seed::Entry<'a>) -> Seed<'a> {
    let seed::Entry { name, standing, done } = *entry;
    Seed {
        name,
        standing,
        environment: done.and_then(|done| done.environment.as_deref()),
        applied_by: done.map(|done| done.applied_by.as_str()),
        applied_from: done.and_then(|done| done.applied_from.as_deref()),
        applied_at: done.map(|done| done.applied_at.as_str()),
        seconds: done.and_then(|done| done.seconds),
        ticket: done.and_then(|done| done.ticket.as_deref()),
        sha256: done.map(|done| done.sha256.as_str()),
    }
}
