//! What came of all checks, and its form for programs: version 1, described by `docs/schema/preflight.v1.json`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::operate::preflight::{Check, Level, Seen};

/// All rows, in the order of the checks.
pub struct Report {
    /// For a person; never with a password.
    pub database: String,
    /// The version of the server, where it was reached.
    pub server: Option<String>,
    pub rows: Vec<Row>,
}

/// What came of one check.
pub struct Row {
    pub check: &'static Check,
    pub seen: Seen,
}

/// How a check ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    Fine,
    Note,
    Warning,
    Error,
    Unseen,
}

impl Standing {
    /// For a person.
    pub fn words(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Unseen => "not seen",
        }
    }

    /// That of a finding; where one is strict, a warning is an error.
    pub fn of(level: Level, strict: bool) -> Self {
        match level {
            Level::Note => Self::Note,
            Level::Warning if !strict => Self::Warning,
            Level::Warning | Level::Error => Self::Error,
        }
    }
}

impl Row {
    /// The worst of what was found.
    pub fn standing(&self, strict: bool) -> Standing {
        match &self.seen {
            Seen::Fine(_) => Standing::Fine,
            Seen::Unseen(_) => Standing::Unseen,
            Seen::Found(findings) => {
                let worst = findings.iter().map(|finding| finding.level).max();
                worst.map_or(Standing::Fine, |level| Standing::of(level, strict))
            }
        }
    }
}

impl Report {
    /// How many checks ended how.
    pub fn summary(&self, strict: bool) -> BTreeMap<Standing, usize> {
        let mut counts = BTreeMap::new();
        for row in &self.rows {
            *counts.entry(row.standing(strict)).or_insert(0) += 1;
        }
        counts
    }

    pub fn has_errors(&self, strict: bool) -> bool {
        self.rows.iter().any(|row| row.standing(strict) == Standing::Error)
    }

    /// The document, made at this time, in RFC 3339.
    pub fn document<'a>(&'a self, tool: &'static str, strict: bool, at: String) -> Document<'a> {
        Document {
            version: 1,
            tool,
            at,
            strict,
            database: &self.database,
            server: self.server.as_deref(),
            checks: self.rows.iter().map(|row| one(row, strict)).collect(),
            summary: self.summary(strict),
        }
    }
}

#[derive(Serialize)]
pub struct Document<'a> {
    version: u32,
    tool: &'static str,
    at: String,
    strict: bool,
    database: &'a str,
    server: Option<&'a str>,
    checks: Vec<One<'a>>,
    summary: BTreeMap<Standing, usize>,
}

#[derive(Serialize)]
struct One<'a> {
    code: &'static str,
    title: &'static str,
    standing: Standing,
    /// What was seen where all is well, or why it could not be looked at.
    said: Option<&'a str>,
    findings: Vec<Found<'a>>,
}

#[derive(Serialize)]
struct Found<'a> {
    standing: Standing,
    what: &'a str,
    why: &'static str,
    mend: &'a str,
}

fn one(row: &Row, strict: bool) -> One<'_> {
    let Row { check, seen } = row;
    let (said, findings) = match seen {
        Seen::Fine(said) | Seen::Unseen(said) => (Some(said.as_str()), [].as_slice()),
        Seen::Found(findings) => (None, findings.as_slice()),
    };
    let findings = findings.iter().map(|finding| Found {
        standing: Standing::of(finding.level, strict),
        what: &finding.what,
        why: check.why,
        mend: finding.mend.as_deref().unwrap_or(check.mend),
    });
    One { code: check.code, title: check.title, standing: row.standing(strict), said, findings: findings.collect() }
}
