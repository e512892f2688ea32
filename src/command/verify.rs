//! `pgplumb verify`: whether the live schema is what the books say.

use std::path::Path;

use crate::command::database::Database;
use crate::command::drift::{look, shown};
use crate::command::error::CommandError;
use crate::command::format::TextOrJson;
use crate::command::out;
use crate::command::runner::options;
use crate::config::Config;
use crate::exit::Exit;
use crate::migrate::error::MigrateError;
use crate::migrate::event::Event;
use crate::migrate::session::Session;

/// Say whether the live schema is what the last run left
#[derive(clap::Args)]
#[command(after_help = "Exit status: 0 it is, 1 it is not, 2 failure.")]
pub struct Args {
    #[command(flatten)]
    database: Database,
}

/// # Errors
/// When the database cannot be read, or nothing is on record.
pub fn run(args: &Args, config: Option<&Path>) -> Result<Exit, CommandError> {
    let config = Config::load(config)?;
    let to = args.database.require(&config)?;
    let mut tell = |_: Event| {};
    let mut session = Session::open(&to, options(&config, None), &mut tell)?;
    let drift = session.drift()?.ok_or(MigrateError::NoRecord)?;
    out::text(&shown(&look(&drift, &to), TextOrJson::Text)?)?;
    Ok(if drift.found { Exit::Differs } else { Exit::Fine })
}
