//! `pgplumb squash`: one pair in the place of many migrations.

mod data;
pub(in crate::command) mod error;
mod one;

use std::path::Path;

use crate::base::wording::counted;
use crate::command::branch;
use crate::command::error::CommandError;
use crate::command::moves::{self, Moves};
use crate::command::side::Opener;
use crate::command::squash::error::SquashError;
use crate::command::squash::one::One;
use crate::command::{out, write};
use crate::exit::Exit;
use crate::migrate::folder::{self, Migration};
use crate::migrate::squash::Replaced;
use crate::script::slug::spelled;
use crate::source::convention::discover;

const AFTER_HELP: &str = "\
The migrations are run on a scratch database, and one pair is planned that leads from nothing to the
same state. It is proven up and down, and has to lead to the same fingerprint; only then it takes
their place in the folder. Git keeps what was there.

Its head names what it takes the place of. On a database that has applied all of them `apply` writes
it down and runs nothing; on a new one it runs it; on one that has applied only some it refuses, and
says which are missing. docs/squash.md has all of it.

What a person wrote into them beyond the schema (rows, DO blocks, roles) is not in a schema: it
stops this, unless `--drop-data-steps` leaves it out.

Examples:
  pgplumb squash --dry-run
  pgplumb squash --to 20261121150000_orders

Exit status: 0 done; 1 something would be lost; 2 failure.";

/// Put one pair in the place of many migrations
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The last migration that it takes the place of: its folder, its time, or its name
    #[arg(long, value_name = "ID")]
    to: Option<String>,

    /// What it is called
    #[arg(long, value_name = "SLUG", default_value = "squashed")]
    name: String,

    /// Leave out what was done to rows, and to the server: a new database goes without
    #[arg(long)]
    drop_data_steps: bool,

    /// A server to make scratch databases on
    #[arg(long, value_name = "URL")]
    scratch: Option<String>,

    /// Plan and prove it, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// # Errors
/// When a migration does not run, something would be lost, or nothing can be written.
pub fn run(args: &Args, config: Option<&Path>) -> Result<Exit, CommandError> {
    let mut opener = Opener::new(config, args.scratch.as_deref())?;
    let place = opener.config.migrations();
    moves::recover(&place)?;
    let (all, files) = (discover(&place)?, folder::read(&place)?);
    let count = count(&files, args.to.as_deref())?;
    let (Some(old), Some(migrations)) = (files.get(..count), all.get(..count)) else {
        return Err(SquashError::Nothing { count: all.len() }.into());
    };
    let (Some(last), true) = (old.last(), count > 1) else { return Err(SquashError::Nothing { count }.into()) };
    if !args.drop_data_steps {
        data::check(old, migrations)?;
    }
    let time = last.id.split_once('_').map_or(&*last.id, |(time, _)| time);
    let id = format!("{time}_{}", spelled(&args.name));
    let measure = branch::measure(&opener.config);
    // One that took the place of others already stands for them as well.
    let within = |file: &Migration, old: &Replaced| Replaced {
        within: old.within.clone().or(Some(file.id.clone())),
        ..old.clone()
    };
    let both = |file: &Migration| {
        let before = file.replaces.iter().map(|old| within(file, old));
        before.chain([Replaced::of(file)]).collect::<Vec<_>>()
    };
    let replaced: Vec<Replaced> = old.iter().flat_map(both).collect();
    let next = files.get(count).map(|file| file.id.as_str());
    let one = One::plan(&mut opener, &place, next, &replaced, args)?;
    let moves = Moves::new(&place)?;
    let files = [("up.sql", &*one.up), ("down.sql", &*one.down), ("plan.json", &*one.plan)];
    write::together(&moves.coming().join(&id), &files)?;
    one.prove(&moves.coming(), opener.scratch()?, &measure)?;
    let ids: String = old.iter().map(|file| format!("  {}\n", file.id)).collect();
    let takes = if args.dry_run { "would take" } else { "takes" };
    out::text(&format!(
        "{id} {takes} the place of {}, and leads to the same state, up and down:\n{ids}",
        counted(count, "migration"),
    ))?;
    if !args.dry_run {
        moves.take_the_place(&old.iter().map(|file| file.id.as_str()).collect::<Vec<_>>())?;
        tracing::info!(event = "squashed", id, migrations = count);
    }
    Ok(Exit::Fine)
}

/// How many migrations lie up to and with this one; all of them where none is named.
fn count(files: &[Migration], to: Option<&str>) -> Result<usize, CommandError> {
    let Some(to) = to else { return Ok(files.len()) };
    let named = |file: &Migration| {
        file.id == to || file.id.split_once('_').is_some_and(|(time, name)| time == to || name == to)
    };
    let found: Vec<usize> = (0..files.len()).filter(|at| files.get(*at).is_some_and(named)).collect();
    match found.as_slice() {
        [at] => Ok(at + 1),
        _ => Err(SquashError::NoMigration { id: to.to_owned() }.into()),
    }
}
