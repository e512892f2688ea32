//! Findings for people: each with its place, the SQL that it is about, and what to do.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource, Report, Severity};

use crate::base::wording::counted;
use crate::lint::finding::Span;
use crate::lint::rule::secret_in_sql;
use crate::lint::{Finding, Level};
use crate::report::findings::{Counts, Findings};
use crate::report::secret::spans::spans;
use crate::report::text::{BAD, CARE, GOOD, paint};

/// All findings, and a line that counts them.
pub fn render(report: &Findings, width: usize, colour: bool) -> String {
    let mut text = String::new();
    let secret = report.findings.iter().filter(|finding| finding.code == secret_in_sql::RULE.code);
    // Of each file once.
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    let hidden: Vec<&Span> = secret.filter_map(|finding| finding.at.as_ref()).collect();
    for finding in report.findings.iter().filter(|finding| finding.allowed_by.is_none()) {
        let clean = finding.at.as_ref().map(|at| {
            let text = texts.entry(at.file.path.clone()).or_insert_with(|| masked(at, &hidden));
            (at, text.clone())
        });
        text.push_str(&one(finding, clean, width, colour));
    }
    if let Some(why) = report.unmeasured {
        let _ = writeln!(text, "nothing was run: {why}; locks and rewrites are guessed from the text");
    }
    for checked in report.checked {
        let _ = writeln!(text, "{checked}");
    }
    text + &summary(report)
}

fn summary(report: &Findings) -> String {
    let Counts { errors, warnings, notes, allowed } = Counts::of(report.findings);
    let mut parts = Vec::new();
    for (count, noun, style) in [(errors, "error", BAD), (warnings, "warning", CARE), (notes, "note", CARE)] {
        parts.extend((count > 0).then(|| paint(style, &counted(count, noun))));
    }
    parts.extend((allowed > 0).then(|| format!("{allowed} allowed")));
    let said = if parts.is_empty() { paint(GOOD, "nothing to say") } else { parts.join(", ") };
    format!("{said} in {}\n", counted(report.files, "file"))
}

/// The text of a file as it may be shown: a report is kept, and read by more people than the file.
fn masked(at: &Span, hidden: &[&Span]) -> String {
    let (mut text, whole) = (at.file.text.to_string(), &at.file.text);
    let told = hidden.iter().filter(|span| span.file.path == at.file.path && span.bytes.end <= whole.len());
    // The rule sees what Postgres reads; what it does not is hidden by its words.
    for bytes in told.map(|span| span.bytes.clone()).chain(spans(whole)) {
        let cover = |byte: u8| if byte == b'\n' { '\n' } else { '*' };
        let stars: String = whole.as_bytes()[bytes.clone()].iter().map(|byte| cover(*byte)).collect();
        text.replace_range(bytes, &stars);
    }
    text
}

fn one(finding: &Finding, clean: Option<(&Span, String)>, width: usize, colour: bool) -> String {
    let severity = match finding.level {
        Level::Error => Severity::Error,
        Level::Warning => Severity::Warning,
        Level::Note | Level::Off => Severity::Advice,
    };
    let mut said = MietteDiagnostic::new(&finding.message).with_code(finding.code).with_severity(severity);
    let mut help: Vec<String> = finding.help.iter().cloned().collect();
    if !finding.measured {
        help.push("guessed from the text: nothing was run".to_owned());
    }
    if finding.blocks() {
        help.push(format!("to let it through: -- pgplumb: allow {} because ...", finding.allowance()));
    }
    if !help.is_empty() {
        said = said.with_help(help.join("\n"));
    }
    let report = match clean {
        Some((at, text)) => {
            let label = LabeledSpan::new_with_span(None, at.bytes.clone());
            let source = NamedSource::new(&at.file.path, text).with_language("SQL");
            Report::new(said.with_label(label)).with_source_code(source)
        }
        None => Report::new(said),
    };
    let theme = if colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(width).with_links(false).with_context_lines(0);
    let mut text = String::new();
    if handler.render_report(&mut text, report.as_ref()).is_err() {
        // A label outside its text is the one thing that cannot be drawn; the message still says what is wrong.
        text = format!("{} {}: {}\n", finding.level, finding.code, finding.message);
    }
    text + "\n"
}
