//! The last run on many databases, in a file: what failed, for `--retry-failed`. It holds names and codes, and neither
//! messages nor places, as the file is less guarded than a database.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::command::error::CommandError;
use crate::command::fleet::error::FleetError;
use crate::command::fleet::outcome::{Outcome, State};
use crate::command::fleet::target::Target;
use crate::command::write;
use crate::config::Config;

const NAME: &str = "fleet.json";

#[derive(Serialize, Deserialize)]
struct Record {
    version: u32,
    tool: String,
    finished_at: String,
    targets: BTreeMap<String, One>,
}

#[derive(Clone, Serialize, Deserialize)]
struct One {
    state: State,
    code: Option<String>,
}

fn path(config: &Config) -> PathBuf {
    config.at(&config.fleet.folder).join(NAME)
}

/// Those of the targets that failed or had drifted in the last run.
///
/// # Errors
/// When no run is on record, or the record cannot be read.
pub(in crate::command) fn failed(config: &Config, mut targets: Vec<Target>) -> Result<Vec<Target>, CommandError> {
    let last = read(config)?.ok_or_else(|| FleetError::NoRecord { path: path(config).display().to_string() })?;
    let is_failure = |target: &Target| {
        last.targets.get(&target.name).is_some_and(|one| matches!(one.state, State::Failed | State::Drift))
    };
    targets.retain(is_failure);
    Ok(targets)
}

fn read(config: &Config) -> Result<Option<Record>, CommandError> {
    let path = path(config);
    match fs::read_to_string(&path) {
        Ok(text) => Ok(Some(serde_json::from_str(&text).map_err(|_| FleetError::BadRecord { path })?)),
        Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(CommandError::Unreadable { path, cause }),
    }
}

/// Writes down what came of each. What a retry did not come to stays as it was.
///
/// # Errors
/// When the file cannot be written.
pub(in crate::command) fn write(config: &Config, outcomes: &[Outcome], retry: bool) -> Result<(), CommandError> {
    let before = if retry { read(config)?.map(|record| record.targets) } else { None };
    let mut targets = before.unwrap_or_default();
    for outcome in outcomes {
        if retry && outcome.state == State::Skipped {
            continue;
        }
        let code = outcome.error.as_ref().and_then(|error| error.code.clone());
        targets.insert(outcome.name.clone(), One { state: outcome.state, code });
    }
    let finished_at = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let record = Record { version: 1, tool: env!("CARGO_PKG_VERSION").to_owned(), finished_at, targets };
    write::one(&path(config), &(serde_json::to_string_pretty(&record)? + "\n"))
}
