//! `pgplumb verify`: whether the live schema is what the books say, whether somebody was at them, and whether the data and the
//! performance are as they should be.

mod text;

use std::path::Path;

use jiff::Timestamp;

use crate::base::pattern::Pattern;
use crate::command::database::Database;
use crate::command::drift::{look as drift_of, shown};
use crate::command::error::CommandError;
use crate::command::format::TextOrJson;
use crate::command::health::note_sizes;
use crate::command::out;
use crate::command::run::Run;
use crate::command::runner::options;
use crate::config::Config;
use crate::db::connection::connect;
use crate::db::url::ConnectionString;
use crate::exit::Exit;
use crate::migrate::drift::Drift;
use crate::migrate::error::MigrateError;
use crate::migrate::event::Event;
use crate::migrate::session::Session;
use crate::operate::health::Level;
use crate::operate::verify::report::{Report, Row};
use crate::operate::verify::{Asked, Finding, Part, Seen, look};

const AFTER_HELP: &str = "\
It only looks, but for `--performance`, which writes the sizes of the tables into pgplumb.size where
there are books and the role may, at most once an hour. A statement that takes longer than
`timeouts.check_data` is given up: what could not be looked at is said. Rows are counted, and never
shown. docs/verify.md and `pgplumb explain CODE` say what each check is for.

Examples:
  pgplumb verify --env production
  pgplumb verify --data               after a load of data, or a restore
  pgplumb verify --schema --data --performance --format json
  pgplumb verify --audit --head 9aa1e652bb2a6ae3d89c3f13d941396babf8c949129c9835744142710f1efa8e

Exit status: 0 all is as it should be; 1 the schema differs, or something is a warning or critical;
2 failure.";

/// Say whether the live schema is what the last run left, and look for what is wrong in the database
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    #[command(flatten)]
    database: Database,

    /// Whether the live schema is what the last run left; this alone where nothing is asked for
    #[arg(long)]
    schema: bool,

    /// Whether the books and their audit are as they were written
    #[arg(long)]
    audit: bool,

    /// The last hash of the audit, as an earlier run told it: whether it is still part of it
    #[arg(long, value_name = "HASH", requires = "audit", value_parser = hash)]
    head: Option<String>,

    /// Constraints that do not hold, broken indexes, sequences that are behind
    #[arg(long)]
    data: bool,

    /// Indexes that lack or are not needed, large and bloated tables, slow statements
    #[arg(long)]
    performance: bool,

    /// For people, or for programs
    #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
    format: TextOrJson,
}

impl Args {
    fn parts(&self) -> Vec<Part> {
        let told = [
            (Part::Schema, self.schema),
            (Part::Audit, self.audit),
            (Part::Data, self.data),
            (Part::Performance, self.performance),
        ];
        let parts: Vec<Part> = told.into_iter().filter_map(|(part, asked)| asked.then_some(part)).collect();
        if parts.is_empty() { vec![Part::Schema] } else { parts }
    }
}

fn hash(text: &str) -> Result<String, String> {
    let fits = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if fits { Ok(text.to_ascii_lowercase()) } else { Err("a hash has 64 hexadecimal digits".to_owned()) }
}

/// # Errors
/// When the database cannot be read, or nothing is on record that the schema could be held against.
pub fn run(args: &Args, config: Option<&Path>, run: &Run) -> Result<Exit, CommandError> {
    let config = Config::load(config)?;
    let to = args.database.require_target(&config)?;
    let parts = args.parts();
    let drift = if parts.contains(&Part::Schema) { Some(drift(&config, &to)?) } else { None };
    let mut connection = connect(&to)?;
    let rows = look(&mut connection, &parts, &asked(args, &config))?;
    if parts.contains(&Part::Performance) {
        note_sizes(&mut connection)?;
    }
    let mut report = Report { database: to.describe(), rows };
    let at = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    if args.format == TextOrJson::Text {
        // The schema has a text of its own, which `drift` has too.
        let schema = drift.as_ref().map(|drift| shown(&drift_of(drift, &to), TextOrJson::Text)).transpose()?;
        let rest = if report.rows.is_empty() { String::new() } else { text::render(&report, &at) };
        out::text(&(schema.unwrap_or_default() + &rest))?;
    }
    report.rows.splice(0..0, drift.as_ref().map(|drift| schema(drift, &to)));
    run.result(&report.document(env!("CARGO_PKG_VERSION"), at.clone()))?;
    if args.format == TextOrJson::Json {
        out::text(&(serde_json::to_string_pretty(&report.document(env!("CARGO_PKG_VERSION"), at))? + "\n"))?;
    }
    Ok(if report.level() > Level::Info { Exit::Differs } else { Exit::Fine })
}

fn drift(config: &Config, to: &ConnectionString) -> Result<Drift, CommandError> {
    let mut tell = |_: Event| {};
    let mut session = Session::open(to, options(config, None), &mut tell)?;
    Ok(session.drift()?.ok_or(MigrateError::NoRecord)?)
}

/// The schema as a check among others, for programs.
fn schema(drift: &Drift, to: &ConnectionString) -> Row {
    let differences = if drift.found { drift.differences() } else { Vec::new() };
    let mut findings: Vec<Finding> = differences
        .into_iter()
        .map(|reason| {
            Finding::new(Level::Warning, to.database(), reason).mend("`pgplumb drift --sql revert` prints it.")
        })
        .collect();
    if drift.found && findings.is_empty() {
        findings.push(Finding::new(Level::Warning, to.database(), "the fingerprint is another"));
    }
    let seen = Seen::of(findings, format!("its fingerprint is {}", drift.live.full));
    Row { code: "schema", part: Part::Schema, title: "the live schema is what the last run left", seen }
}

fn asked(args: &Args, config: &Config) -> Asked {
    Asked {
        exclude: config.exclude.schemas.iter().map(|text| Pattern::new(text)).collect(),
        statement: config.timeouts.check_data.clone(),
        lock: config.timeouts.lock.clone(),
        cache_hit: f64::from(config.health.cache_hit),
        growth: f64::from(config.health.growth),
        head: args.head.clone(),
    }
}
