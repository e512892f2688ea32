//! Findings as workflow commands: GitHub shows each beside its line.

use crate::lint::{Finding, Level};
use crate::report::findings::{Counts, Findings};

/// A line for each finding that nobody allowed, and one that counts them.
pub fn render(report: &Findings) -> String {
    let open = report.findings.iter().filter(|finding| finding.allowed_by.is_none());
    let mut text: String = open.map(|finding| command(report, finding)).collect();
    let Counts { errors, warnings, notes, allowed } = Counts::of(report.findings);
    text.push_str(&format!(
        "pgplumb {}: errors {errors}, warnings {warnings}, notes {notes}, allowed {allowed}\n",
        report.verb
    ));
    text
}

/// `::error file=a.sql,line=1,endLine=1,col=1,endColumn=9,title=drop-table::...`
fn command(report: &Findings, finding: &Finding) -> String {
    let level = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note | Level::Off => "notice",
    };
    let mut properties = Vec::new();
    if let Some(spot) = report.spot(finding) {
        properties.push(format!("file={}", property(&spot.file)));
        properties.push(format!("line={},endLine={}", spot.line, spot.end_line));
        // Columns are refused where the lines differ.
        if let Some((from, to)) = spot.columns.filter(|_| spot.line == spot.end_line) {
            properties.push(format!("col={from},endColumn={to}"));
        }
    }
    properties.push(format!("title={}", property(finding.code)));
    let help = finding.help.as_deref().map(|help| format!("\n{help}")).unwrap_or_default();
    let said = data(&format!("{}{help}", finding.message));
    format!("::{level} {}::{said}\n", properties.join(","))
}

/// As `escapeData` of the toolkit (actions/toolkit, `command.ts`) does.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// As `escapeProperty` there.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
