//! Findings over files: for people with the piece of SQL that each is about, and for programs.

pub mod json;
pub mod text;

use crate::lint::{Finding, Level};

/// What was looked at, and what was found.
pub struct Findings<'a> {
    /// The version of pgplumb.
    pub tool: &'a str,
    pub findings: &'a [Finding],
    /// How many files were looked at.
    pub files: usize,
    /// Why nothing was run on scratch, where nothing was; then all effects are guessed.
    pub unmeasured: Option<&'a str>,
}

/// How many there are of each weight; what is allowed counts by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize)]
pub struct Counts {
    pub errors: usize,
    pub warnings: usize,
    pub notes: usize,
    pub allowed: usize,
}

impl Counts {
    pub fn of(findings: &[Finding]) -> Self {
        let mut counts = Self::default();
        for finding in findings {
            *match (&finding.allowed_by, finding.level) {
                (Some(_), _) => &mut counts.allowed,
                (None, Level::Error) => &mut counts.errors,
                (None, Level::Warning) => &mut counts.warnings,
                (None, Level::Note | Level::Off) => &mut counts.notes,
            } += 1;
        }
        counts
    }
}
