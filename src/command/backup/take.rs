//! `pgplumb backup full`, `schema` and `data`.

use std::path::Path;
use std::time::Duration;

use crate::base::wording::counted;
use crate::command::backup::settings::{measure, settings, shown};
use crate::command::database::Database;
use crate::command::error::CommandError;
use crate::command::runner::span;
use crate::command::{interrupt, out};
use crate::config::Config;
use crate::db::url::ConnectionString;
use crate::exit::Exit;
use crate::observe::size::bytes;
use crate::operate::backup::dump::{Order, take};
use crate::operate::backup::manifest::Manifest;
use crate::operate::backup::{Kind, Purpose, Settings};
use crate::script::slug::spelled;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    database: Database,

    /// What it is called beside its time
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
}

#[derive(clap::Args)]
pub(super) struct DataArgs {
    #[command(flatten)]
    pub(super) take: Args,

    /// Only these: `schema.table`, with `*` and `?` as in a shell
    #[arg(long, value_name = "TABLE", num_args = 1..)]
    pub(super) tables: Vec<String>,
}

pub(super) fn run(args: &Args, kind: Kind, tables: &[String], config: Option<&Path>) -> Result<Exit, CommandError> {
    let config = Config::load(config)?;
    let to = args.database.require(&config)?;
    let name = args.name.as_deref().map(spelled);
    let settings = settings(&config, None);
    let measure = &measure(&config);
    let order = Order { kind, purpose: Purpose::Regular, name: name.as_deref(), tables, since: None, measure };
    let stop = interrupt::listen_beside("the backup");
    let made = interrupt::told(take(&to, &settings, &order).map_err(Into::into), &stop)?;
    trace(&made);
    out::text(&told(&settings, &made))?;
    Ok(Exit::Fine)
}

/// Backs up all before migrations are applied or taken back; what a person reads of it.
///
/// # Errors
/// When it cannot be made; then nothing should be run.
pub(in crate::command) fn before_a_run(
    config: &Config,
    to: &ConnectionString,
    what: &str,
) -> Result<String, CommandError> {
    let settings = settings(config, None);
    let order = Order {
        kind: Kind::Full,
        purpose: Purpose::PreMigration,
        name: Some(what),
        tables: &[],
        since: None,
        measure: &measure(config),
    };
    let made = take(to, &settings, &order)?;
    trace(&made);
    Ok(told(&settings, &made).trim_end().to_owned())
}

/// Says it to the log.
pub(super) fn trace(made: &Manifest) {
    let (name, tables, rows) = (made.name.as_str(), made.rows.len(), made.rows.values().sum::<u64>());
    let (bytes, seconds) = (made.bytes(), Duration::from_millis(made.milliseconds).as_secs_f64());
    tracing::info!(event = "backup", database = made.database, name, tables, rows, bytes, seconds);
}

/// For a person.
pub(super) fn told(settings: &Settings, made: &Manifest) -> String {
    let rows = usize::try_from(made.rows.values().sum::<u64>()).unwrap_or(usize::MAX);
    let all = format!("{}, {}", counted(made.rows.len(), "table"), counted(rows, "row"));
    let rows = match (made.kind, &made.since) {
        (Kind::Schema, _) => "the schema".to_owned(),
        (_, Some(since)) => format!("{all} changed since {}", since.at),
        (_, None) => all,
    };
    let (size, time) = (bytes(made.bytes()), span(Duration::from_millis(made.milliseconds)));
    format!("backed up {} into {}: {rows}, {size} in {time}\n", made.database, shown(settings, &made.name).display())
}
