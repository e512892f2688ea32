//! `pgplumb restore`: puts a backup back.

use std::path::{Path, PathBuf};

use crate::base::wording::counted;
use crate::command::backup::{measure, settings};
use crate::command::database::Database;
use crate::command::error::CommandError;
use crate::command::runner::{agrees, can_ask};
use crate::command::{interrupt, out};
use crate::config::Config;
use crate::exit::Exit;
use crate::operate::backup::load::{Load, contents};
use crate::operate::backup::shelf;
use crate::operate::backup::since::merge::{Merged, merge};
use crate::operate::client::Client;
use crate::operate::restore::{Done, Place, only_whole, restore};

const AFTER_HELP: &str = "\
Nothing is put over what is there: the database is to be empty (for a backup of rows alone, its
tables are), or the backup goes into a new one. Schema and rows are compared with the manifest
afterwards. With --swap the new database takes the name, the owner, the privileges and the settings
of the old one only when it is what was dumped; the old one is kept under another name.

A backup of changed rows (`backup --since`) goes with --merge over the rows that are there: new ones
are inserted, those with the same key are overwritten, all in one transaction, and triggers fire.

A new database has its name only when it has been compared. Ctrl-C leaves nothing of it, and what
was there as it was; so does a crash, whose leftovers the next `restore` removes.

Examples:
  pgplumb restore --db postgresql://localhost/empty
  pgplumb restore 20261121T030000Z_full --env staging --into-empty shop_copy
  pgplumb restore --env production --swap

Exit status: 0 done; 1 the database is not empty, or the backup is damaged or not what was dumped;
2 failure; 130 interrupted.";

/// Put a backup back into an empty database, or into a new one
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// Which; `latest` is the newest
    #[arg(value_name = "NAME", default_value = "latest")]
    name: String,

    #[command(flatten)]
    database: Database,

    /// Into a new database of this name, on the same server
    #[arg(long, value_name = "DATABASE")]
    into_empty: Option<String>,

    /// Into a new database that takes the place of this one; whoever is connected is sent away
    #[arg(long, conflicts_with = "into_empty")]
    swap: bool,

    /// Write the rows of a backup of changed rows over those that are there
    #[arg(long, conflicts_with_all = ["into_empty", "swap"])]
    merge: bool,

    /// The file with the key of age that opens it
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,

    /// Do not ask before the swap
    #[arg(long)]
    yes: bool,
}

/// # Errors
/// When there is no such backup, the database is not empty, or the restored is not what was dumped.
pub fn run(args: &Args, config: Option<&Path>) -> Result<Exit, CommandError> {
    let config = Config::load(config)?;
    let to = args.database.require(&config)?;
    let settings = settings(&config, args.identity.as_deref());
    let backup = shelf::find(&settings.folder, &args.name)?;
    let place = match &args.into_empty {
        Some(name) => Place::New(name.clone()),
        None if args.swap => Place::Swap,
        None => Place::Itself,
    };
    if place == Place::Swap && !args.yes {
        let what = format!(
            "{} takes the place of {}, and whoever is connected is sent away",
            backup.manifest.name,
            to.describe()
        );
        if !can_ask() {
            out::remark(&format!("{what}: say so with `--yes`"));
            return Ok(Exit::Differs);
        }
        if !agrees(&format!("{what}. Do it?")) {
            return Ok(Exit::Differs);
        }
    }
    if !args.merge {
        only_whole(&backup)?;
    }
    let client = Client::require(backup.manifest.program)?;
    let measure = measure(&config);
    let identity = settings.identity.as_deref();
    let stop = interrupt::listen_beside("the restore");
    let stopped = || stop.is_wished();
    let (backup, client) = (&backup, &client);
    let load = Load { backup, client, identity, jobs: settings.jobs, measure: &measure, stopped: &stopped };
    if args.merge {
        let mut at_work = None;
        let merged = merge(&to, &load, &mut |session| at_work = Some(stop.enter(session)));
        let Merged { written, left } = interrupt::told_of_restore(merged, &stop)?;
        let rows = |count: u64| counted(usize::try_from(count).unwrap_or(usize::MAX), "row");
        let (name, database) = (&backup.manifest.name, to.database());
        tracing::info!(event = "restored", name, into = database);
        out::text(&format!("merged {name} into `{database}`: {} written\n", rows(written)))?;
        if left > 0 {
            out::remark(&format!("{} left out: what is there is newer, or the same", rows(left)));
        }
        out::remark(
            "what was deleted meanwhile is still there; `pgplumb verify --schema` finds sequences that are behind",
        );
        return Ok(Exit::Fine);
    }
    let Done { database, kept } = interrupt::told_of_restore(restore(&to, &load, &place), &stop)?;
    tracing::info!(event = "restored", name = backup.manifest.name, into = database, kept = kept.as_deref());
    let kept = kept.map(|kept| format!("; what was there before is `{kept}`")).unwrap_or_default();
    out::text(&format!("restored {} into `{database}`: {}{kept}\n", backup.manifest.name, contents(backup)))?;
    Ok(Exit::Fine)
}
