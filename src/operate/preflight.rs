//! What can be wrong before anything is done: checks, a file each. The stem of the file is the code.
//!
//! A check either saw that all is well, or found something, or could not look; the three are never taken for each other.

pub mod asked;
pub mod report;

use std::time::Instant;

use crate::db::connection::{Connection, connect};
use crate::db::error::DbError;
use crate::db::url::ConnectionString;
use crate::operate::preflight::asked::Asked;
use crate::operate::preflight::report::{Report, Row};

/// How much a finding weighs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Level {
    /// Good to know.
    Note,
    /// Likely to hurt; an error where one is strict.
    Warning,
    /// What comes next fails, or does harm.
    Error,
}

/// One thing that is not as it should be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    pub level: Level,
    /// What is wrong, lower case, without a full stop.
    pub what: String,
    /// What to do about this one, where that is more than the check's own `mend`.
    pub mend: Option<String>,
}

impl Finding {
    pub fn new(level: Level, what: impl Into<String>) -> Self {
        Self { level, what: what.into(), mend: None }
    }

    #[must_use]
    pub fn mend(self, mend: impl Into<String>) -> Self {
        Self { mend: Some(mend.into()), ..self }
    }
}

/// What came of a check.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Seen {
    /// All is well, and what was seen.
    Fine(String),
    Found(Vec<Finding>),
    /// It could not be looked at, and why.
    Unseen(String),
}

impl Seen {
    /// What was found, or else that all is well.
    pub fn of(findings: Vec<Finding>, fine: impl Into<String>) -> Self {
        if findings.is_empty() { Self::Fine(fine.into()) } else { Self::Found(findings) }
    }

    pub fn one(level: Level, what: impl Into<String>) -> Self {
        Self::Found(vec![Finding::new(level, what)])
    }
}

/// The attempt to reach the server, and how many milliseconds it took.
pub struct Reached {
    pub connection: Result<Connection, DbError>,
    pub milliseconds: u128,
}

/// How a check looks.
pub enum Look {
    /// At this machine, and what the command knows.
    Here(fn(&Asked) -> Seen),
    /// At the attempt itself.
    Reached(fn(&Reached) -> Seen),
    /// At the server; not done where it was not reached.
    Server(fn(&mut Connection, &Asked) -> Result<Seen, DbError>),
}

/// What a check is, and how it looks.
pub struct Check {
    /// `clock-skew`: what `--force` takes.
    pub code: &'static str,
    pub title: &'static str,
    /// The harm, for someone who never met it.
    pub why: &'static str,
    /// What to do about it.
    pub mend: &'static str,
    /// Whether its errors stop a run of migrations.
    pub stops: bool,
    pub look: Look,
}

/// One line for each check: its module, and its place in the list.
macro_rules! checks {
    ($($module:ident)*) => {
        $(pub mod $module;)*

        /// All checks, in the order in which they are made.
        pub const CHECKS: &[Check] = &[$($module::CHECK),*];
    };
}

checks! {
    connection
    tls
    pooler
    server_version
    server_settings
    read_only
    pending_restart
    clock_skew
    role_rights
    extensions
    migrations_pending
    migrations_failed
    long_transactions
    prepared_transactions
    blocking_autovacuum
    wraparound
    replication_lag
    replication_slots
    disk_there
    disk_here
    pg_dump
    last_backup
    file_permissions
    variables
}

/// Makes all checks.
///
/// # Errors
/// When the connection is lost on the way; a server that cannot be reached is a finding.
pub fn look(to: &ConnectionString, asked: &Asked) -> Result<Report, DbError> {
    let start = Instant::now();
    let connection = connect(to);
    let mut reached = Reached { connection, milliseconds: start.elapsed().as_millis() };
    let mut rows = Vec::new();
    for check in CHECKS {
        let seen = match (&check.look, &mut reached.connection) {
            (Look::Here(look), _) => look(asked),
            (Look::Reached(look), _) => look(&reached),
            (Look::Server(look), Ok(connection)) => tried(look(connection, asked))?,
            (Look::Server(_), Err(_)) => Seen::Unseen("the server was not reached".to_owned()),
        };
        rows.push(Row { check, seen });
    }
    let server = reached.connection.ok().map(|connection| connection.version().to_string());
    Ok(Report { database: to.describe(), server, rows })
}

/// Makes those checks that may stop a run of migrations.
///
/// # Errors
/// When the connection is lost on the way.
pub fn look_before(connection: &mut Connection, asked: &Asked) -> Result<Vec<Row>, DbError> {
    let mut rows = Vec::new();
    for check in CHECKS.iter().filter(|check| check.stops) {
        if let Look::Server(look) = check.look {
            rows.push(Row { check, seen: tried(look(connection, asked))? });
        }
    }
    Ok(rows)
}

/// A statement that the server refuses is a check that could not be made.
fn tried(seen: Result<Seen, DbError>) -> Result<Seen, DbError> {
    match seen {
        Err(DbError::Statement { message, .. }) => Ok(Seen::Unseen(message)),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn a_code_is_the_stem_of_its_file_and_there_once() {
        let codes: BTreeSet<&str> = CHECKS.iter().map(|check| check.code).collect();
        assert_eq!(codes.len(), CHECKS.len());
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/operate/preflight");
        for code in codes {
            assert!(folder.join(format!("{}.rs", code.replace('-', "_"))).is_file(), "{code}");
        }
    }

    #[test]
    fn what_the_server_refuses_is_not_seen() {
        let refused = DbError::Statement {
            sqlstate: "42501".to_owned(),
            message: "permission denied".to_owned(),
            detail: None,
            hint: None,
            position: None,
            context: None,
        };
        assert_eq!(tried(Err(refused)).unwrap(), Seen::Unseen("permission denied".to_owned()));
        assert!(tried(Err(DbError::Lost { message: String::new() })).is_err());
    }
}
