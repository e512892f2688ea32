//! What of an error may stand in a file: its codes, and its message only where nothing in it comes from rows or from SQL.

use miette::Diagnostic;
use serde::Serialize;

use crate::command::error::CommandError;
use crate::db::error::DbError;
use crate::migrate::error::{MigrateError, StepError};
use crate::operate::error::OperateError;

/// Why a run failed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(in crate::command) struct Trouble {
    /// The stable code of the error.
    pub(in crate::command) code: Option<String>,
    /// What is wrong; none where the message quotes what a server or a program said, or a file.
    pub(in crate::command) message: Option<String>,
    /// Of the statement that failed.
    pub(in crate::command) sqlstate: Option<String>,
}

/// The codes of errors whose message is all pgplumb's own, with no more in it than the names of things. One that is not
/// here is written without its message.
const OWN_WORDS: &[&str] = &[
    "command::exists",
    "command::no_database",
    "command::no_session",
    "command::preflight",
    "command::unreadable",
    "command::unwritable",
    "db::authentication",
    "db::cannot_connect",
    "db::lost",
    "db::no_database",
    "db::tls",
    "db::unsupported_version",
    "fleet::bad_record",
    "fleet::no_record",
    "fleet::no_target",
    "fleet::no_targets",
    "fleet::not_many",
    "fleet::not_one",
    "fleet::rows",
    "gate::no_zone",
    "gate::not_approved",
    "gate::other_approval",
    "gate::seed",
    "gate::window",
    "kept::altered",
    "kept::differs",
    "kept::isolation",
    "kept::no_key",
    "kept::not_allowed",
    "kept::not_as_text",
    "kept::not_ours",
    "kept::not_there",
    "kept::nothing",
    "kept::outside",
    "migrate::busy",
    "migrate::contradicted",
    "migrate::down_lossy",
    "migrate::drift",
    "migrate::edited",
    "migrate::edited_midway",
    "migrate::gone",
    "migrate::interrupted",
    "migrate::irreversible",
    "migrate::locked",
    "migrate::newer_books",
    "migrate::no_migration",
    "migrate::no_record",
    "migrate::no_seeds",
    "migrate::not_applied",
    "migrate::not_reached",
    "migrate::not_returned",
    "migrate::out_of_order",
    "migrate::overtaken",
    "migrate::unfinished",
    "migrate::unknown_outcome",
    "migrate::wrong_start",
    "operate::backup_exists",
    "operate::change_column",
    "operate::damaged",
    "operate::database_exists",
    "operate::file",
    "operate::no_backup",
    "operate::no_identity",
    "operate::no_key",
    "operate::no_program",
    "operate::no_table",
    "operate::none_declared",
    "operate::not_changes",
    "operate::not_empty",
    "operate::not_whole",
    "operate::only_changes",
    "operate::rows_there",
    "operate::settings",
    "operate::undeclared",
    "plan::cycle",
    "scratch::disk_full",
    "scratch::missing_role",
    "scratch::no_right",
    "scratch::none",
    "scratch::other_major",
    "scratch::root",
    "source::cut_off",
    "source::no_sql",
    "source::not_there",
    "source::unreadable",
];

pub(in crate::command) fn trouble(error: &CommandError) -> Trouble {
    let code = error.code().map(|code| code.to_string());
    let sqlstate = sqlstate(error).map(str::to_owned);
    let message = match (&sqlstate, error) {
        (Some(sqlstate), _) if !names_alone(sqlstate) => None,
        (Some(_), CommandError::Migrate(MigrateError::Step(StepError::Failed { id, number, message, .. }))) => {
            Some(format!("step {number} of `{id}` fails: {message}"))
        }
        (Some(_), CommandError::Migrate(MigrateError::Step(StepError::Seed { name, line, message, .. }))) => {
            Some(format!("the seed `{name}` fails in line {line}: {message}"))
        }
        (Some(_), _) => said(error),
        (None, _) => code.as_ref().filter(|code| OWN_WORDS.contains(&code.as_str())).map(|_| error.to_string()),
    };
    Trouble { code, message, sqlstate }
}

/// Whether what the server says with this code holds names and no values: not `invalid input syntax for type integer:
/// "..."` (22), what a function raises (P0), or the token that an error of syntax quotes, which may be of a password.
/// What it says beside (DETAIL) is never written.
fn names_alone(sqlstate: &str) -> bool {
    let classes =
        ["08", "0A", "23", "25", "26", "28", "2B", "3B", "3D", "3F", "40", "42", "53", "54", "55", "57", "58"];
    sqlstate != "42601" && classes.iter().any(|class| sqlstate.starts_with(class))
}

fn statement(error: &CommandError) -> Option<&DbError> {
    match error {
        CommandError::Db(error)
        | CommandError::Migrate(MigrateError::Db(error))
        | CommandError::Operate(OperateError::Db(error)) => Some(error),
        _ => None,
    }
}

fn sqlstate(error: &CommandError) -> Option<&str> {
    match error {
        CommandError::Migrate(MigrateError::Step(
            StepError::Failed { sqlstate, .. } | StepError::Seed { sqlstate, .. },
        )) => Some(sqlstate),
        other => statement(other)?.sqlstate(),
    }
}

/// The server's message alone.
fn said(error: &CommandError) -> Option<String> {
    match statement(error)? {
        DbError::Statement { message, .. } => Some(message.clone()),
        _ => None,
    }
}
