//! `pgplumb backup --since DATE`: the rows that changed, of the tables that say when.

use std::path::Path;

use jiff::Timestamp;

use crate::command::backup::settings::{measure, settings};
use crate::command::backup::take::{told, trace};
use crate::command::database::Database;
use crate::command::error::CommandError;
use crate::command::{interrupt, out};
use crate::config::Config;
use crate::exit::Exit;
use crate::operate::backup::dump::{Order, take};
use crate::operate::backup::since::date::Date;
use crate::operate::backup::{Kind, Purpose, since};
use crate::script::slug::spelled;

#[derive(clap::Args)]
pub(super) struct Changed {
    /// Back up the rows that changed since then: `2026-11-01` or `2026-11-01T08:30`, in UTC, or with an
    /// offset or a zone behind it
    #[arg(long, value_name = "DATE", required = true)]
    since: Option<String>,

    /// Of these tables alone: `schema.table`, with `*` and `?` as in a shell
    #[arg(long, value_name = "TABLE", num_args = 1..)]
    tables: Vec<String>,

    #[command(flatten)]
    database: Database,

    /// What it is called beside its time
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
}

impl Changed {
    /// # Errors
    /// When anything is given: a verb of its own says what is backed up.
    pub(super) fn not_beside_a_verb(&self) -> Result<(), CommandError> {
        let Database { db, env, tenant_schema, .. } = &self.database;
        let given = [
            ("--since", self.since.is_some()),
            ("--tables", !self.tables.is_empty()),
            ("--name", self.name.is_some()),
            ("--db", db.is_some()),
            ("--env", env.is_some()),
            ("--tenant-schema", tenant_schema.is_some()),
        ];
        let given = given.into_iter().find(|(_, given)| *given);
        given.map_or(Ok(()), |(option, _)| Err(CommandError::BeforeVerb { option }))
    }
}

pub(super) fn run(args: &Changed, config: Option<&Path>) -> Result<Exit, CommandError> {
    let config = Config::load(config)?;
    let date = Date::read(args.since.as_deref().unwrap_or_default(), Timestamp::now())?;
    let to = args.database.require(&config)?;
    let settings = settings(&config, None);
    let stop = interrupt::listen_beside("the backup");
    let stopped = || stop.is_wished();
    let since = since::Order { date, columns: &config.backup.since, stopped: &stopped };
    let name = args.name.as_deref().map(spelled);
    let order = Order {
        kind: Kind::Since,
        purpose: Purpose::Regular,
        name: name.as_deref(),
        tables: &args.tables,
        since: Some(&since),
        measure: &measure(&config),
    };
    let made = interrupt::told(take(&to, &settings, &order).map_err(Into::into), &stop)?;
    trace(&made);
    out::text(&told(&settings, &made))?;
    out::remark("what was deleted since then, and what other tables have, is not in it");
    Ok(Exit::Fine)
}
