//! `pgplumb restore-kept`: puts back what a rollback kept, lists it, or gives it up.

mod list;

use std::collections::BTreeMap;
use std::path::Path;

use crate::command::blockers::Blockers;
use crate::command::database::Database;
use crate::command::error::CommandError;
use crate::command::format::TextOrJson;
use crate::command::listener::Listener;
use crate::command::preflight::before;
use crate::command::restore_kept::list::line;
use crate::command::runner::{agrees, can_ask, options};
use crate::command::{interrupt, out};
use crate::config::Config;
use crate::exit::Exit;
use crate::migrate::error::MigrateError;
use crate::migrate::event::Event;
use crate::migrate::kept::entry::{Entry, entries};
use crate::migrate::kept::error::KeptError;
use crate::migrate::session::{Options, Session};

const AFTER_HELP: &str = "\
`rollback --keep` keeps what it drops in the schema `pgplumb_kept`, and `apply` puts it back behind
the migration that it belongs to. This verb does so for tables that come back in another way, and
where `apply` could not.

Everything of one migration is put back in one transaction, with triggers off, and compared row by
row: either all of it is there again and its copies are dropped, or nothing changed.

Examples:
  pgplumb restore-kept --list --format json     as docs/schema/kept.v1.json describes it
  pgplumb restore-kept 20261121150000_orders
  pgplumb restore-kept orders                   a table, or `orders.note`, a column
  pgplumb restore-kept orders --drop            delete what is kept of it

Exit status: 0 done, or nothing is kept; 1 it was not allowed, or there is nothing to put it into;
2 failure; 130 interrupted.";

/// Put back what `rollback --keep` kept
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// A migration, a table, or a column; all that waits where none is named
    #[arg(value_name = "ID|TABLE")]
    names: Vec<String>,

    #[command(flatten)]
    database: Database,

    /// Only list what is kept, and what became of what was
    #[arg(long, conflicts_with_all = ["names", "drop"])]
    list: bool,

    /// For people, or for programs
    #[arg(long, value_enum, default_value_t = TextOrJson::Text, requires = "list")]
    format: TextOrJson,

    /// Delete what is kept, without putting it back
    #[arg(long)]
    drop: bool,

    /// Do not ask
    #[arg(long)]
    yes: bool,

    #[command(flatten)]
    blockers: Blockers,
}

/// # Errors
/// Where there is nothing to put it into, or the database refuses it.
pub fn run(args: &Args, config: Option<&Path>) -> Result<Exit, CommandError> {
    let config = Config::load(config)?;
    let to = args.database.require_target(&config)?;
    let stop = interrupt::listen();
    let end_older_than = args.blockers.older_than(&config, args.database.env.as_deref())?;
    let mut listener = Listener::alone(false);
    let mut tell = |event: Event| listener.hear(event);
    let options = Options { end_older_than, stop: stop.clone(), ..options(&config, None) };
    let mut session = Session::open(&to, options, &mut tell)?;
    interrupt::told(restore(args, &to.describe(), &mut session), &stop)
}

fn restore(args: &Args, database: &str, session: &mut Session) -> Result<Exit, CommandError> {
    if args.list {
        let all = entries(&mut session.connection).map_err(MigrateError::from)?;
        out::text(&list::rendered(args.format, database, &all)?)?;
        return Ok(Exit::Fine);
    }
    before::not_pooled(&mut session.connection)?;
    session.enter_books()?;
    let all = entries(&mut session.connection).map_err(MigrateError::from)?;
    let chosen = chosen(args, &all)?;
    if chosen.is_empty() {
        out::text("nothing is kept\n")?;
        return Ok(Exit::Fine);
    }
    if !agreed(args, &chosen, database)? {
        out::remark("nothing was changed");
        return Ok(Exit::Differs);
    }
    if args.drop {
        session.give_up(&chosen)?;
        let lines: Vec<String> =
            chosen.iter().map(|entry| format!("deleted what was kept of {}\n", entry.what())).collect();
        out::text(&lines.concat())?;
        return Ok(Exit::Fine);
    }
    let mut migrations: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for entry in chosen {
        migrations.entry(&entry.migration).or_default().push(entry);
    }
    for entries in migrations.values() {
        session.put_back(entries)?;
    }
    Ok(Exit::Fine)
}

/// What is meant: what waits, and what could be put back in part only.
fn chosen<'a>(args: &Args, all: &'a [Entry]) -> Result<Vec<&'a Entry>, CommandError> {
    let there = || all.iter().filter(|entry| entry.waits() || entry.copy.is_some());
    let named = |name: &&String| there().any(|entry| entry.is_called_so(name));
    let unknown: Vec<String> = args.names.iter().filter(|name| !named(name)).cloned().collect();
    if !unknown.is_empty() {
        return Err(MigrateError::from(KeptError::Nothing { names: unknown }).into());
    }
    let wanted = |entry: &&Entry| {
        // All is what waits; what came back in part is done with, unless somebody names it or deletes it.
        let all = args.names.is_empty() && (entry.waits() || args.drop);
        all || args.names.iter().any(|name| entry.is_called_so(name))
    };
    Ok(there().filter(wanted).collect())
}

/// Whether a person, or the command line, agrees to it. Rows are deleted by nobody who was not asked.
fn agreed(args: &Args, chosen: &[&Entry], database: &str) -> Result<bool, CommandError> {
    if args.yes || !can_ask() && !args.drop {
        return Ok(true);
    }
    out::text(&chosen.iter().map(|entry| line(entry)).collect::<String>())?;
    if !can_ask() {
        out::remark("these are deleted with `--yes` only");
        return Ok(false);
    }
    let what = if args.drop { "delete these for good" } else { "put these back" };
    Ok(agrees(&format!("{what} on {database}?")))
}
