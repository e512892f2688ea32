//! Findings as GitLab's Code Quality report: an array, which its widget compares with that of the branch merged into.

use serde::Serialize;

use crate::lint::{Finding, Level};
use crate::report::findings::{Findings, fingerprint};

/// What has no place is shown here: GitLab takes nothing without a path.
const NOWHERE: &str = "pgplumb.yaml";

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    /// Known again when lines move.
    fingerprint: &'a str,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

/// The document, with a line end. What is allowed is not in it.
pub fn render(report: &Findings) -> String {
    let fingerprints = fingerprint::all(report.findings);
    let known = report.findings.iter().zip(&fingerprints);
    let issues: Vec<Issue> =
        known.filter(|(finding, _)| finding.allowed_by.is_none()).map(|(f, known)| issue(report, f, known)).collect();
    // Only maps with keys that are no strings can fail, and there are none.
    serde_json::to_string_pretty(&issues).unwrap_or_default() + "\n"
}

fn issue<'a>(report: &Findings, finding: &'a Finding, fingerprint: &'a str) -> Issue<'a> {
    let location = match report.spot(finding) {
        Some(spot) => Location { path: spot.file, lines: Lines { begin: spot.line, end: spot.end_line } },
        None => Location { path: NOWHERE.to_owned(), lines: Lines { begin: 1, end: 1 } },
    };
    let help = finding.help.as_deref().map(|help| format!(" ({help})")).unwrap_or_default();
    Issue {
        description: format!("{}{help}", finding.message),
        check_name: finding.code,
        fingerprint,
        severity: match finding.level {
            Level::Error => "blocker",
            Level::Warning => "major",
            Level::Note | Level::Off => "info",
        },
        location,
    }
}
