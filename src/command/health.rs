//! `pgplumb health`: how a database in use is doing, and who waits for whom.

mod locks;
mod text;

use std::io::{IsTerminal, stdout};
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use jiff::Timestamp;

use crate::base::time::time;
use crate::command::database::Database;
use crate::command::error::CommandError;
use crate::command::out;
use crate::command::preflight::asked::migrations;
use crate::command::run::Run;
use crate::config::Config;
use crate::db::connection::{Connection, connect};
use crate::db::url::ConnectionString;
use crate::exit::Exit;
use crate::operate::health::report::Health;
use crate::operate::health::{Area, Level, Limits, look};
use crate::operate::sizes::note;

const AFTER_HELP: &str = "\
`health` in pgplumb.yaml has the limits; ten times over a limit for a time is critical. What the
role may not see has no value, and says so. It only looks, but for the sizes of the tables: where
there are books and the role may, it writes them into pgplumb.size, at most once an hour. The view
pgplumb.health shows the same to whoever reads SQL, with the limits that are the default.

Examples:
  pgplumb health --env production
  pgplumb health --only connections --only locks --watch
  pgplumb health --format prometheus > /var/lib/node_exporter/pgplumb.prom
  pgplumb health locks --end 4711

Exit status: 0 nothing is the matter; 1 something is a warning or critical; 2 failure.";

/// Say how a database in use is doing: connections, migrations, performance, locks
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP, args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,

    #[command(flatten)]
    look: Look,
}

#[derive(clap::Subcommand)]
enum Verb {
    Locks(locks::Args),
}

#[derive(clap::Args)]
struct Look {
    #[command(flatten)]
    database: Database,

    /// Only this; may be given several times
    #[arg(long, value_enum, value_name = "AREA")]
    only: Vec<Part>,

    /// For people, or for programs
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Look again every so many seconds, until Ctrl-C
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "2",
          value_parser = clap::value_parser!(u64).range(1..))]
    watch: Option<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
enum Part {
    Connections,
    Migrations,
    Performance,
    Locks,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
enum Format {
    Text,
    Json,
    Prometheus,
}

/// # Errors
/// When the database cannot be asked.
pub fn run(args: &Args, config: Option<&Path>, run: &Run) -> Result<Exit, CommandError> {
    let config = Config::load(config)?;
    match &args.verb {
        Some(Verb::Locks(args)) => locks::run(args, &config),
        None => measured(&args.look, &config, run),
    }
}

fn measured(args: &Look, config: &Config, run: &Run) -> Result<Exit, CommandError> {
    let to = args.database.require(config)?;
    let limits = limits(config);
    let mut connection = connect(&to)?;
    loop {
        let health = once(&mut connection, args, config, &to, &limits)?;
        let shown = shown(&health, args.format, &to)?;
        // A page takes the place of the last one; what is not a terminal gets one after the other.
        let cleared = args.watch.is_some() && stdout().is_terminal() && args.format == Format::Text;
        out::text(&if cleared { format!("\u{1b}[H\u{1b}[2J{shown}") } else { shown })?;
        let Some(seconds) = args.watch else {
            run.result(&health.document(env!("CARGO_PKG_VERSION"), to.describe(), now()))?;
            return Ok(if health.level() > Level::Info { Exit::Differs } else { Exit::Fine });
        };
        sleep(Duration::from_secs(seconds));
    }
}

fn once(
    connection: &mut Connection,
    args: &Look,
    config: &Config,
    to: &ConnectionString,
    limits: &Limits,
) -> Result<Health, CommandError> {
    let areas: Vec<Area> = if args.only.is_empty() {
        Area::ALL.to_vec()
    } else {
        Area::ALL.into_iter().filter(|area| args.only.iter().any(|part| area_of(*part) == *area)).collect()
    };
    let wanted = areas.contains(&Area::Migrations);
    let migrations = if wanted { migrations(config, to)? } else { None };
    let health = look(connection, &areas, limits, migrations.as_ref())?;
    if areas.contains(&Area::Performance) {
        note_sizes(connection)?;
    }
    Ok(health)
}

/// Writes down how large the tables are, for the next time. What keeps it from that is no reason to fail.
pub(super) fn note_sizes(connection: &mut Connection) -> Result<(), CommandError> {
    match note(connection) {
        Err(error) if error.sqlstate().is_some() => {
            out::remark(&format!("the sizes of the tables are not written down: {error}"));
            Ok(())
        }
        other => Ok(other.map(drop)?),
    }
}

fn area_of(part: Part) -> Area {
    match part {
        Part::Connections => Area::Connections,
        Part::Migrations => Area::Migrations,
        Part::Performance => Area::Performance,
        Part::Locks => Area::Locks,
    }
}

fn shown(health: &Health, format: Format, to: &ConnectionString) -> Result<String, CommandError> {
    Ok(match format {
        Format::Text => text::render(health, &to.describe(), &now()),
        Format::Prometheus => health.prometheus(to.database()),
        Format::Json => {
            serde_json::to_string_pretty(&health.document(env!("CARGO_PKG_VERSION"), to.describe(), now()))? + "\n"
        }
    })
}

/// To the second.
fn now() -> String {
    Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn limits(config: &Config) -> Limits {
    let told = &config.health;
    Limits {
        connections: f64::from(told.connections),
        query: time(&told.query),
        idle_in_transaction: time(&told.idle_in_transaction),
        lock_wait: time(&told.lock_wait),
        replication_lag: time(&told.replication_lag),
        cache_hit: f64::from(told.cache_hit),
        growth: f64::from(told.growth),
    }
}
