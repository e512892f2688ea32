//! `pgplumb backup`: makes backups, and looks after them.

mod changed;
mod list;
mod prune;
mod settings;
mod take;
mod verify;

use std::path::Path;

use crate::command::backup::changed::Changed;
use crate::command::error::CommandError;
use crate::exit::Exit;
use crate::operate::backup::Kind;

pub(in crate::command) use crate::command::backup::settings::{measure, settings};
pub(in crate::command) use crate::command::backup::take::before_a_run;

const AFTER_HELP: &str = "\
A backup is a folder below `backups` (`backup.folder` in pgplumb.yaml), with what pg_dump wrote
and a manifest: hashes, the schema's fingerprint, the rows of each table. One that was cut off has
no name and is never listed. Compression, encryption with age, format and retention are in
pgplumb.yaml, below `backup`.

With --since only the rows are taken that changed since a date, of the tables that `backup.since` in
pgplumb.yaml names with a column that says when. What was deleted and what other tables have is not
in it: it goes on top of a full backup (`restore NAME --merge`) and counts as none
(docs/backup-since.md).

Examples:
  pgplumb backup full --env production
  pgplumb backup --since 2026-11-01 --env production
  pgplumb backup data --tables 'public.orders*' --name before-cleanup
  pgplumb backup verify                  restore the newest on scratch, and compare
  pgplumb backup prune --dry-run

Exit status: 0 done; 1 a backup is damaged, or not what was dumped; 2 failure.";

/// Make backups, list, verify and prune them
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP, subcommand_negates_reqs = true)]
pub struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,

    #[command(flatten)]
    changed: Changed,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Back up the schema and all rows
    Full(take::Args),
    /// Back up the schema alone
    Schema(take::Args),
    /// Back up rows, of all tables or of some
    Data(take::DataArgs),
    List(list::Args),
    Verify(verify::Args),
    Prune(prune::Args),
}

/// # Errors
/// Those of what is asked for.
pub fn run(args: &Args, config: Option<&Path>) -> Result<Exit, CommandError> {
    let Some(verb) = &args.verb else { return changed::run(&args.changed, config) };
    args.changed.not_beside_a_verb()?;
    match verb {
        Verb::Full(args) => take::run(args, Kind::Full, &[], config),
        Verb::Schema(args) => take::run(args, Kind::Schema, &[], config),
        Verb::Data(args) => take::run(&args.take, Kind::Data, &args.tables, config),
        Verb::List(args) => list::run(args, config),
        Verb::Verify(args) => verify::run(args, config),
        Verb::Prune(args) => prune::run(args, config),
    }
}
