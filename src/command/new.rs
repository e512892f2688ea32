//! `pgplumb new`: an empty migration to be written by hand.

use std::path::Path;

use jiff::Timestamp;

use crate::command::error::CommandError;
use crate::command::{out, write};
use crate::config::Config;
use crate::exit::Exit;
use crate::script::slug::spelled;

const AFTER_HELP: &str = "\
`pgplumb apply` runs it like those that were planned. Statements outside of BEGIN and COMMIT run
each in a transaction of its own, where Postgres can do that.

Examples:
  pgplumb new fill-in-prices

Exit status: 0, or 2 for a failure.";

/// Start a migration that is written by hand
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// What it is called
    #[arg(value_name = "NAME")]
    name: String,
}

/// # Errors
/// When it cannot be written.
pub fn run(args: &Args, config: Option<&Path>) -> Result<Exit, CommandError> {
    let config = Config::load(config)?;
    let slug = spelled(&args.name);
    let folder = config.migrations().join(format!("{}_{slug}", Timestamp::now().strftime("%Y%m%d%H%M%S")));
    write::together(&folder, &[("up.sql", &up(&slug)), ("down.sql", &down(&slug))])?;
    out::text(&format!("wrote {}/{{up.sql,down.sql}}\n", folder.display()))?;
    Ok(Exit::Fine)
}

fn up(slug: &str) -> String {
    format!(
        "-- {slug} (up)\n-- purpose: \n-- depends on: \n-- impact (locks, rewrites, rows): \n-- way back: see down.sql\n\n\
         BEGIN;\nSET LOCAL lock_timeout = '3s';\n\nCOMMIT;\n"
    )
}

fn down(slug: &str) -> String {
    format!(
        "-- {slug} (down)\n-- what it does not bring back: \n-- Without a way back, delete this file: `pgplumb rollback` says so then.\n\n\
         BEGIN;\nSET LOCAL lock_timeout = '3s';\n\nCOMMIT;\n"
    )
}
