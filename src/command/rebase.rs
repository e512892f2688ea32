//! `pgplumb rebase`: after two branches came together, puts the later migration behind the earlier.

mod anew;
pub(in crate::command) mod error;
mod head;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::base::wording::listed;
use crate::command::branch::{self, Branches, Commuting, Folder, said};
use crate::command::database::{Database, of_environment};
use crate::command::error::CommandError;
use crate::command::rebase::anew::Anew;
use crate::command::rebase::error::RebaseError;
use crate::command::runner::options;
use crate::command::side::Opener;
use crate::command::{check, moves, out};
use crate::config::Config;
use crate::db::url::ConnectionString;
use crate::exit::Exit;
use crate::lint::allow::Allow;
use crate::migrate::event::Event;
use crate::migrate::session::Session;
use crate::migrate::{books, folder};
use crate::source::convention::discover;

const AFTER_HELP: &str = "\
All migrations are run on a scratch database. One that was planned for a state in which it did not
know of others that lie before it now is run in both orders. Where they commute, its statements
stay, and the states that its head names are made new; `apply` then runs either of them first. Where
they conflict, it is planned anew, from what lies before it to the schema files, and keeps its id
and its name.

What a person wrote is never planned anew, and neither is what the named database has applied.
docs/branches.md has all of it.

Examples:
  pgplumb rebase --dry-run
  pgplumb rebase --env staging,production    where neither has applied what would be planned anew

Exit status: 0 done, or nothing to do; 1 with --dry-run: something to do; or the new plan blocks;
2 failure.";

/// After two branches came together, put the later migration behind the earlier
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    #[command(flatten)]
    database: Database,

    /// A file or folder of the desired schema; may be given several times
    #[arg(long, value_name = "PATH")]
    schema: Vec<PathBuf>,

    /// A server to make scratch databases on
    #[arg(long, value_name = "URL")]
    scratch: Option<String>,

    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,

    /// Let findings of the new plan through, of all objects or of one; `all` is all
    #[arg(long, value_name = "CODE[:OBJECT]")]
    allow: Vec<Allow>,
}

/// # Errors
/// When a migration does not run and is not one that can be put behind the others, or nothing can be written.
pub fn run(args: &Args, config: Option<&Path>) -> Result<Exit, CommandError> {
    let mut opener = Opener::new(config, args.scratch.as_deref())?;
    let place = opener.config.migrations();
    moves::recover(&place)?;
    let (migrations, files) = (discover(&place)?, folder::read(&place)?);
    let applied = applied(&args.database, &mut opener)?;
    let played = check::play(&mut opener, &migrations)?;
    let measure = branch::measure(&opener.config);
    let found = Folder { files: &files, migrations: &migrations, played: &played, measure: &measure };
    let Branches { commuting, conflict } = found.branches(opener.scratch()?)?;
    let id = |at: usize| files.get(at).map_or_else(String::new, |file| file.id.clone());
    if let Some((at, error)) = &played.failed
        && conflict.as_ref().is_none_or(|conflict| conflict.at != *at)
    {
        return Err(RebaseError::Fails { id: id(*at), why: said(error) }.into());
    }
    // All that speaks against it is said before anything is written.
    let anew = conflict.map(|conflict| Anew::of(&found, &conflict, &applied)).transpose()?;
    if commuting.is_empty() && anew.is_none() {
        out::text("nothing to rebase: each migration starts from what lies before it\n")?;
        return Ok(Exit::Fine);
    }
    for Commuting { at, with, from, to, before } in &commuting {
        let Some(file) = files.get(*at) else { continue };
        let with: Vec<String> = with.iter().map(|place| id(*place)).collect();
        let runs = if args.dry_run { "would get" } else { "has" };
        out::text(&format!("{} commutes with {}: its head {runs} the states behind it\n", file.id, with.join(", ")))?;
        if let Some(there) = applied.get(&file.id) {
            out::text(&format!("  it is applied in {}, which ran the same statements\n", listed(there)))?;
        }
        if !args.dry_run {
            head::write(&place, file, (from, to), before)?;
            tracing::info!(event = "rebased", id = file.id, anew = false);
        }
    }
    let Some(anew) = anew else { return Ok(if args.dry_run { Exit::Differs } else { Exit::Fine }) };
    out::text(&anew.told(args.dry_run))?;
    if args.database.db.is_none() && args.database.env.is_none() {
        out::text(&format!(
            "  assumed that no database has applied {}: `--env NAME` asks one\n",
            anew.ids().join(", ")
        ))?;
    }
    if args.dry_run {
        return Ok(Exit::Differs);
    }
    let exit = anew.write(args, opener, &place)?;
    anew.ids().into_iter().for_each(|id| tracing::info!(event = "rebased", id, anew = true));
    Ok(exit)
}

/// What of the migrations is in the named databases, by id, with where.
fn applied(database: &Database, opener: &mut Opener) -> Result<BTreeMap<String, Vec<String>>, CommandError> {
    let mut applied: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, to) in asked(database, &opener.config)? {
        // So that scratch is made like it.
        opener.live(&to)?;
        let mut tell = |_: Event| {};
        let mut session = Session::open(&to, options(&opener.config, None), &mut tell)?;
        let mut last = BTreeMap::new();
        for record in books::records(&mut session.connection)? {
            last.insert(record.id.clone(), record.in_force());
        }
        for (id, _) in last.into_iter().filter(|(_, in_force)| *in_force) {
            applied.entry(id).or_default().push(name.clone());
        }
    }
    Ok(applied)
}

/// The databases that are named, which may be several environments.
fn asked(database: &Database, config: &Config) -> Result<Vec<(String, ConnectionString)>, CommandError> {
    let several = database.env.as_deref().filter(|text| text.contains(',') && !config.environments.contains_key(*text));
    let Some(names) = several else {
        let named = database.named(config)?;
        return Ok(named.map(|to| (database.env.clone().unwrap_or_else(|| to.describe()), to)).into_iter().collect());
    };
    let names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
    names.map(|name| Ok((name.to_owned(), of_environment(name, config)?))).collect()
}
