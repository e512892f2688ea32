//! Findings for programs: version 1, described by `docs/schema/lint.v1.json`.

use serde::Serialize;

use crate::lint::{Finding, Level};
use crate::observe::effect::Effects;
use crate::report::findings::{Counts, Findings};
use crate::report::json::{Seen, seen};

/// The version of the format.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    findings: Vec<Found<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    #[serde(flatten)]
    counts: Counts,
    /// Whether a finding blocks; the exit code is 1 then.
    blocked: bool,
    /// Whether the statements were run on scratch.
    measured: bool,
}

#[derive(Serialize)]
struct Found<'a> {
    code: &'static str,
    level: Level,
    message: &'a str,
    help: Option<&'a str>,
    file: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
    object: &'a str,
    measured: bool,
    effects: Option<Seen<'a>>,
    allowed_by: Option<&'a str>,
    fix: Vec<Edit<'a>>,
}

/// Text that takes the place of another.
#[derive(Serialize)]
struct Edit<'a> {
    /// Bytes from the start of the file.
    start: usize,
    end: usize,
    text: &'a str,
}

/// The document, with a line end.
pub fn render(report: &Findings) -> String {
    let document = Document {
        version: VERSION,
        findings: report.findings.iter().map(found).collect(),
        summary: Summary {
            files: report.files,
            counts: Counts::of(report.findings),
            blocked: report.findings.iter().any(Finding::blocks),
            measured: report.unmeasured.is_none(),
        },
    };
    // Only maps with keys that are no strings can fail, and there are none.
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

fn found(finding: &Finding) -> Found<'_> {
    let at = finding.at.as_ref();
    let start = at.map(|at| at.file.line_column(at.bytes.start));
    let end = at.map(|at| at.file.line_column(at.bytes.end));
    let effects: Option<&Effects> = finding.effects.as_ref();
    Found {
        code: finding.code,
        level: finding.level,
        message: &finding.message,
        help: finding.help.as_deref(),
        file: at.map(|at| at.file.path.as_str()),
        line: start.map(|(line, _)| line),
        column: start.map(|(_, column)| column),
        end_line: end.map(|(line, _)| line),
        end_column: end.map(|(_, column)| column),
        object: &finding.object,
        measured: finding.measured,
        effects: effects.map(|effects| seen(effects, &crate::observe::size::Sizes::default())),
        allowed_by: finding.allowed_by.as_deref(),
        fix: finding
            .fix
            .iter()
            .map(|fix| Edit { start: fix.bytes.start, end: fix.bytes.end, text: &fix.text })
            .collect(),
    }
}
