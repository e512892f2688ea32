//! What came of all checks, and its form for programs: version 1, described by `docs/schema/verify.v1.json`.

use serde::Serialize;

use crate::operate::health::Level;
use crate::operate::verify::{Part, Seen};

/// What came of one check.
pub struct Row {
    pub code: &'static str,
    pub part: Part,
    pub title: &'static str,
    pub seen: Seen,
}

impl Row {
    /// The worst of what was found.
    pub fn level(&self) -> Level {
        self.seen.findings.iter().map(|finding| finding.level).max().unwrap_or(Level::Info)
    }
}

/// All rows, in the order of the checks.
pub struct Report {
    /// For a person; never with a password.
    pub database: String,
    pub rows: Vec<Row>,
}

impl Report {
    /// The worst of all.
    pub fn level(&self) -> Level {
        self.rows.iter().map(Row::level).max().unwrap_or(Level::Info)
    }

    /// The document, made at this time, in RFC 3339.
    pub fn document(&self, tool: &'static str, at: String) -> Document<'_> {
        let checks = self.rows.iter().map(one).collect();
        Document { version: 1, tool, at, database: &self.database, level: self.level(), checks }
    }
}

#[derive(Serialize)]
pub struct Document<'a> {
    version: u32,
    tool: &'static str,
    at: String,
    database: &'a str,
    level: Level,
    checks: Vec<One<'a>>,
}

#[derive(Serialize)]
struct One<'a> {
    part: Part,
    code: &'static str,
    title: &'static str,
    level: Level,
    said: Option<&'a str>,
    unseen: &'a [String],
    findings: Vec<Found<'a>>,
}

#[derive(Serialize)]
struct Found<'a> {
    code: &'static str,
    level: Level,
    object: &'a str,
    reason: &'a str,
    mend: Option<&'a str>,
}

fn one(row: &Row) -> One<'_> {
    let Row { code, part, title, seen } = row;
    let Seen { said, findings, unseen } = seen;
    let said = (findings.is_empty() && unseen.is_empty()).then_some(said.as_str());
    let findings = findings.iter().map(|finding| Found {
        code,
        level: finding.level,
        object: &finding.object,
        reason: &finding.reason,
        mend: finding.mend.as_deref(),
    });
    One { part: *part, code, title, level: row.level(), said, unseen, findings: findings.collect() }
}
