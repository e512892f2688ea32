//! `pgplumb backup prune`: removes what has had its time.

use std::path::Path;

use jiff::Timestamp;

use crate::base::wording::counted;
use crate::command::backup::settings::{keep, settings};
use crate::command::error::CommandError;
use crate::command::out;
use crate::config::Config;
use crate::exit::Exit;
use crate::operate::backup::prune::reasons;
use crate::operate::backup::shelf;

/// Remove the backups whose time is over (`backup.keep` in pgplumb.yaml); the last good one stays
#[derive(clap::Args)]
pub(super) struct Args {
    /// Only say what would be removed
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: &Args, config: Option<&Path>) -> Result<Exit, CommandError> {
    let config = Config::load(config)?;
    let all = shelf::list(&settings(&config, None).folder)?;
    let mut removed = 0;
    for (backup, reason) in all.iter().zip(reasons(&all, &keep(&config), Timestamp::now())) {
        let name = &backup.manifest.name;
        if let Some(reason) = reason {
            out::text(&format!("keep    {name}  {reason}\n"))?;
            continue;
        }
        if !args.dry_run {
            backup.remove()?;
        }
        removed += 1;
        out::text(&format!("remove  {name}\n"))?;
    }
    let verb = if args.dry_run { "would remove" } else { "removed" };
    out::text(&format!("{verb} {} of {}\n", removed, counted(all.len(), "backup")))?;
    Ok(Exit::Fine)
}
