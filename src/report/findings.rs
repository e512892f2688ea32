//! Findings over files or of a plan: for people, for programs, and for the services that show them beside the code.

pub mod fingerprint;
pub mod github;
pub mod gitlab;
pub mod html;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod sarif;
pub mod spot;
pub mod text;

use crate::base::place::Place;
use crate::kind::Key;
use crate::lint::{Finding, Level};
use crate::report::Report;

/// What was looked at, and what was found.
pub struct Findings<'a> {
    /// The version of pgplumb.
    pub tool: &'a str,
    /// What looked: `lint`, `plan`, `check`.
    pub verb: &'a str,
    pub findings: &'a [Finding],
    /// How many files were looked at.
    pub files: usize,
    /// Why nothing was run on scratch, where nothing was; then all effects are guessed.
    pub unmeasured: Option<&'a str>,
    /// Where the schema files declare what a finding is about that stands in no file itself.
    pub places: &'a dyn Fn(&Key) -> Option<Place>,
    /// What was looked at and found to be so, a sentence each.
    pub checked: &'a [String],
}

impl<'a> Findings<'a> {
    /// Those of a plan.
    pub fn of_plan(report: &'a Report<'a>) -> Self {
        Self {
            tool: report.tool,
            verb: "plan",
            findings: report.findings,
            files: 1,
            unmeasured: None,
            places: report.places,
            checked: &[],
        }
    }

    pub fn blocked(&self) -> bool {
        self.findings.iter().any(Finding::blocks)
    }
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

#[cfg(test)]
mod tests;
