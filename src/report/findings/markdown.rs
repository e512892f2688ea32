//! Findings as Markdown: a comment on a pull request.

use std::fmt::Write as _;

use crate::base::wording::counted;
use crate::lint::{Finding, Level};
use crate::report::findings::{Counts, Findings};
use crate::report::mark_up::{MARKER, code, plain};

/// Findings that are shown, and bytes of them; the others are counted. GitHub takes a comment of 65,536 characters.
const SHOWN: usize = 100;
const ROOM: usize = 20_000;

/// A heading, the counts and a table.
pub fn render(report: &Findings) -> String {
    let mut text = format!("{MARKER}\n### pgplumb {}\n\n{}\n", report.verb, counts(report.findings));
    if !report.checked.is_empty() {
        text.push('\n');
    }
    for checked in report.checked {
        let _ = writeln!(text, "- {}", plain(checked));
    }
    if let Some(why) = report.unmeasured {
        let _ = writeln!(text, "\nNothing was run ({}): locks and rewrites are guessed from the text.", plain(why));
    }
    text.push_str(&table(report));
    text
}

/// `2 errors, 1 note`, or that there is nothing.
pub fn counts(findings: &[Finding]) -> String {
    let Counts { errors, warnings, notes, allowed } = Counts::of(findings);
    let mut parts = Vec::new();
    for (count, noun) in [(errors, "error"), (warnings, "warning"), (notes, "note")] {
        parts.extend((count > 0).then(|| counted(count, noun)));
    }
    parts.extend((allowed > 0).then(|| format!("{allowed} allowed")));
    let sign = match (errors, warnings) {
        (0, 0) => ":white_check_mark:",
        (0, _) => ":warning:",
        _ => ":x:",
    };
    format!("{sign} {}", if parts.is_empty() { "no findings".to_owned() } else { parts.join(", ") })
}

/// What is found, and under each what to do; empty where nothing is.
pub fn table(report: &Findings) -> String {
    if report.findings.is_empty() {
        return String::new();
    }
    let mut text = "\n| | Finding | Where |\n|---|---|---|\n".to_owned();
    let mut order: Vec<&Finding> = report.findings.iter().collect();
    // What blocks comes first: a long table is not read to its end.
    order.sort_by_key(|finding| (finding.allowed_by.is_some(), finding.level));
    let mut shown = 0;
    for finding in order.iter().take(SHOWN) {
        if text.len() > ROOM {
            break;
        }
        shown += 1;
        let spot = report.spot(finding);
        let place = spot.map(|spot| code(&format!("{}:{}", spot.file, spot.line))).unwrap_or_default();
        let _ = writeln!(text, "| {} | {} | {place} |", sign(finding), said(finding));
    }
    if order.len() > shown {
        let _ = writeln!(text, "\nAnd {} more.", order.len() - shown);
    }
    text
}

fn sign(finding: &Finding) -> &'static str {
    match (&finding.allowed_by, finding.level) {
        (Some(_), _) => "allowed",
        (None, Level::Error) => ":x: error",
        (None, Level::Warning) => ":warning: warning",
        (None, Level::Note | Level::Off) => "note",
    }
}

fn said(finding: &Finding) -> String {
    let mut said = format!("{} {}", code(finding.code), plain(&finding.message));
    match (&finding.allowed_by, &finding.help) {
        (Some(by), _) => {
            let _ = write!(said, "<br>{}", plain(by));
        }
        (None, Some(help)) => {
            let _ = write!(said, "<br>**Instead:** {}", plain(help));
        }
        (None, None) => {}
    }
    if finding.blocks() {
        let _ = write!(said, "<br>Allow with {}", code(&format!("--allow {}", finding.allowance())));
    }
    said
}
