//! The checks of the server that are made before migrations are run.

use std::collections::BTreeSet;

use crate::command::error::{CommandError, Obstacle};
use crate::command::preflight::asked::of_config;
use crate::config::Config;
use crate::db::connection::Connection;
use crate::operate::preflight::{Level, Seen, look_before, pooler};

/// Stops where a check finds an error that was not let through; warnings are said where `verbose`.
///
/// # Errors
/// What was found, or that the connection is lost.
pub(in crate::command) fn check(
    connection: &mut Connection,
    config: &Config,
    force: &BTreeSet<String>,
    verbose: bool,
    say: &dyn Fn(&str),
) -> Result<(), CommandError> {
    let mut errors = Vec::new();
    for row in look_before(connection, &of_config(config))? {
        let Seen::Found(findings) = row.seen else { continue };
        for finding in findings {
            let code = row.check.code;
            let stops = finding.level == Level::Error && !force.contains(code);
            if finding.level > Level::Note {
                tracing::warn!(event = "obstacle", code, what = finding.what, stops);
            }
            if stops {
                let help = finding.mend.unwrap_or_else(|| row.check.mend.to_owned());
                errors.push(Obstacle { code, what: finding.what, help });
            } else if verbose || finding.level == Level::Error {
                say(&format!("{code}: {}", finding.what));
            }
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(CommandError::Preflight { errors }) }
}

/// Stops where a pooler in transaction mode is seen, for what writes into the books and makes no other check: its lock would
/// be held by a session that is everybody's, and stay there.
///
/// # Errors
/// That one is in between, or that the connection is lost.
pub(in crate::command) fn not_pooled(connection: &mut Connection) -> Result<(), CommandError> {
    match pooler::is_between(connection) {
        Ok(true) => {
            let help = pooler::CHECK.mend.to_owned();
            let obstacle = Obstacle { code: pooler::CHECK.code, what: pooler::FOUND.to_owned(), help };
            Err(CommandError::Preflight { errors: vec![obstacle] })
        }
        Err(error) if error.is_lost() => Err(error.into()),
        // Where no second session is to be had, nothing is seen.
        Ok(false) | Err(_) => Ok(()),
    }
}
