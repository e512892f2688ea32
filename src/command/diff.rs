//! `pgplumb diff`: the SQL that leads from one state to another, whatever the two are.

use std::path::Path;

use crate::command::error::CommandError;
use crate::command::out;
use crate::command::side::{Opener, Side};
use crate::exit::Exit;
use crate::plan::plan;
use crate::script::bare::bare;
use crate::source::Source;
use crate::strategy;

const AFTER_HELP: &str = "\
FROM and TO each are a connection string, an SQL file, a folder of SQL files, a folder of
migrations (they are replayed), or a snapshot (`pgplumb dump --snapshot`).

Examples:
  pgplumb diff schema/ postgresql://localhost/shop   is the live database what the files say?
  pgplumb diff generated/ schema/                    what is not in a migration yet?
  pgplumb diff monday.json postgresql://db/shop      what changed since the snapshot?

Exit status: 0 the same, 1 different, 2 failure.";

/// Print the SQL that leads from one state to another
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The state to start from
    from: String,

    /// The state to arrive at
    to: String,

    /// Swap FROM and TO
    #[arg(long)]
    reverse: bool,

    /// A server to make scratch databases on
    #[arg(long, value_name = "URL")]
    scratch: Option<String>,
}

/// # Errors
/// When a side cannot be read, or no order of the changes works.
pub fn run(args: &Args, config: Option<&Path>) -> Result<Exit, CommandError> {
    let (from, to) = if args.reverse { (&args.to, &args.from) } else { (&args.from, &args.to) };
    let (from, to) = (Source::parse(from)?, Source::parse(to)?);
    let mut opener = Opener::new(config, args.scratch.as_deref())?;
    let (from, to) = open_both(&mut opener, &from, &to)?;
    let rules = opener.rules(&from, &to);
    let (from, to) = rules.clean_both(from.catalog, to.catalog);
    let plan = plan(&from, &to, &strategy::online)?;
    if plan.is_empty() {
        return Ok(Exit::Fine);
    }
    out::text(&bare(&plan))?;
    Ok(Exit::Differs)
}

/// Live databases first, then snapshots: a scratch server has to be like them.
///
/// # Errors
/// When a side cannot be read.
pub fn open_both(opener: &mut Opener, from: &Source, to: &Source) -> Result<(Side, Side), CommandError> {
    let rank = |source: &Source| match source {
        Source::Database(_) => 0,
        Source::Snapshot(_) => 1,
        Source::Files(_) | Source::Migrations(_) => 2,
    };
    if rank(to) < rank(from) {
        let to = opener.open(to)?;
        return Ok((opener.open(from)?, to));
    }
    let from = opener.open(from)?;
    Ok((from, opener.open(to)?))
}
