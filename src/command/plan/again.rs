//! A migration that is there already, planned anew: from those before it to the schema files.

use std::path::{Path, PathBuf};

use crate::command::database::Database;
use crate::command::error::CommandError;
use crate::command::fleet::Fleet;
use crate::command::plan::args::{Args, Format, Purpose};
use crate::command::plan::make;
use crate::command::side::Opener;
use crate::exit::Exit;
use crate::lint::allow::Allow;

/// Which one, and how.
pub(in crate::command) struct Again<'a> {
    pub before: &'a str,
    pub folder: &'a Path,
    /// Where it is written until it takes its place.
    pub into: &'a Path,
    pub schema: &'a [PathBuf],
    pub scratch: Option<&'a str>,
    pub allow: &'a [Allow],
}

/// Writes its files; whether there is nothing left to do, and then nothing is written.
///
/// # Errors
/// Those of `plan`.
pub(in crate::command) fn again(again: &Again, opener: Opener) -> Result<(Exit, bool), CommandError> {
    let args = Args {
        database: Database::default(),
        schema: again.schema.to_vec(),
        out: Some(again.folder.to_owned()),
        stdout: false,
        format: Format::Text,
        report: Vec::new(),
        name: Some(again.before.split_once('_').map_or(again.before, |(_, name)| name).to_owned()),
        scratch: again.scratch.map(str::to_owned),
        no_prove: false,
        allow: again.allow.to_vec(),
        online: Vec::new(),
        purpose: Purpose::Production,
        check_data: false,
        strict: false,
        timings: false,
        fleet: Fleet::default(),
        before: Some(again.before.to_owned()),
        into: Some(again.into.to_owned()),
    };
    make(&args, opener)
}
