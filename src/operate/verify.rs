//! What can be wrong in a database that is in use: checks, a file each. The stem of the file is the code.
//!
//! No check writes anything, every question has a time limit, and nothing of a row is said but that it is there.

pub mod audit;
pub mod looking;
pub mod report;

use serde::Serialize;

use crate::base::pattern::Pattern;
use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::operate::health::Level;
use crate::operate::verify::looking::{Looking, reason};
use crate::operate::verify::report::Row;

/// Bytes from which it is worth a warning what makes a table slow, or takes room for nothing.
const LARGE: i64 = 8 << 20;

/// What a check is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    Schema,
    Audit,
    Data,
    Performance,
}

/// What the checks are told.
#[derive(Clone, Default, Debug)]
pub struct Asked {
    /// Schemas that are not looked at.
    pub exclude: Vec<Pattern>,
    /// How long a statement may take, and wait for a lock, as the server reads times.
    pub statement: String,
    pub lock: String,
    /// Of the blocks that are read, those that are to be in memory, in percent.
    pub cache_hit: f64,
    /// How much larger a table may be than in the report before, in percent.
    pub growth: f64,
    /// A hash of the audit that was noted before, in lower-case hex.
    pub head: Option<String>,
}

/// One thing that is not as it should be, or that is worth to know.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    pub level: Level,
    /// As SQL names it.
    pub object: String,
    /// What is the matter with it, lower case, without a full stop.
    pub reason: String,
    /// SQL, or where there is none, what to do.
    pub mend: Option<String>,
}

impl Finding {
    pub fn new(level: Level, object: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { level, object: object.into(), reason: reason.into(), mend: None }
    }

    #[must_use]
    pub fn mend(self, mend: impl Into<String>) -> Self {
        Self { mend: Some(mend.into()), ..self }
    }
}

/// What came of a check.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seen {
    /// What was seen where nothing was found.
    pub said: String,
    pub findings: Vec<Finding>,
    /// What could not be looked at, each with its reason.
    pub unseen: Vec<String>,
}

impl Seen {
    pub fn of(findings: Vec<Finding>, said: impl Into<String>) -> Self {
        Self { said: said.into(), findings, unseen: Vec::new() }
    }

    /// Nothing could be looked at.
    pub fn unseen(why: impl Into<String>) -> Self {
        Self { said: String::new(), findings: Vec::new(), unseen: vec![why.into()] }
    }
}

/// What a check is, and how it looks.
pub struct Check {
    pub code: &'static str,
    pub part: Part,
    /// What holds where all is well.
    pub title: &'static str,
    /// The harm, for someone who never met it, and what to do.
    pub why: &'static str,
    pub look: fn(&mut Looking) -> Result<Seen, DbError>,
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
    audit_chain
    audit_history
    audit_switched_off
    constraint_not_validated
    foreign_key_switched_off
    orphans
    violations
    invalid_index
    index_not_ready
    duplicates
    sequence_behind
    checksums
    unindexed_foreign_key
    sequential_scans
    unused_index
    duplicate_index
    redundant_index
    dead_rows
    bloat
    table_sizes
    table_growth
    cache_hits
    slow_statements
}

/// Makes the checks of these parts.
///
/// # Errors
/// When the connection is lost on the way.
pub fn look(connection: &mut Connection, parts: &[Part], asked: &Asked) -> Result<Vec<Row>, DbError> {
    let mut rows = Vec::new();
    for check in CHECKS.iter().filter(|check| parts.contains(&check.part)) {
        let seen = match (check.look)(&mut Looking::new(connection, asked)) {
            Ok(seen) => seen,
            // A statement that the server refuses is a check that could not be made.
            Err(error) => Seen::unseen(reason(&error, asked).ok_or(error)?),
        };
        rows.push(Row { code: check.code, part: check.part, title: check.title, seen });
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;
    use crate::lint::rule::RULES;
    use crate::operate::preflight;

    #[test]
    fn a_code_is_the_stem_of_its_file_and_there_once() {
        let codes: BTreeSet<&str> = CHECKS.iter().map(|check| check.code).collect();
        assert_eq!(codes.len(), CHECKS.len());
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/operate/verify");
        for code in codes {
            assert!(folder.join(format!("{}.rs", code.replace('-', "_"))).is_file(), "{code}");
            assert!(RULES.iter().all(|rule| rule.code != code), "{code} is a rule");
            assert!(preflight::CHECKS.iter().all(|check| check.code != code), "{code} is looked at before");
        }
    }
}
