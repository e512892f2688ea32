//! What was found, for a person.

use anstyle::{AnsiColor, Style};

use crate::operate::health::Level;
use crate::operate::verify::report::{Report, Row};
use crate::operate::verify::{CHECKS, Part};
use crate::report::text::width;

/// One line for each finding, and below it what to do; where nothing was found, one line for the check. With colours, which
/// stdout takes out where they are not wanted.
pub(super) fn render(report: &Report, at: &str) -> String {
    let mut text = format!("{}  {at}\n", report.database);
    for (part, title) in [(Part::Audit, "audit"), (Part::Data, "data"), (Part::Performance, "performance")] {
        let rows: Vec<&Row> = report.rows.iter().filter(|row| row.part == part).collect();
        if !rows.is_empty() {
            text.push_str(&format!("{title}\n"));
            rows.into_iter().for_each(|row| text.push_str(&one(row)));
        }
    }
    text
}

fn one(row: &Row) -> String {
    let widest = CHECKS.iter().map(|check| check.code.len()).max().unwrap_or_default();
    let line =
        |style: Style, word: &str, said: &str| format!("  {style}{word:8}{style:#}  {:widest$}  {said}\n", row.code);
    let indent = " ".repeat(widest + 14);
    let columns = width().max(60);
    let below = |what: &str| {
        // SQL is copied, so that it is not torn at its dashes.
        let options = textwrap::Options::new(columns).initial_indent(&indent).subsequent_indent(&indent);
        let options = options.break_words(false).word_splitter(textwrap::WordSplitter::NoHyphenation);
        textwrap::fill(what, options) + "\n"
    };
    let mut text = String::new();
    for finding in &row.seen.findings {
        let (style, word) = match finding.level {
            Level::Info => (AnsiColor::Cyan.on_default(), "info"),
            Level::Warning => (AnsiColor::Yellow.on_default(), "warning"),
            Level::Critical => (AnsiColor::Red.on_default().bold(), "critical"),
        };
        text.push_str(&line(style, word, &format!("{}: {}", finding.object, finding.reason)));
        text.push_str(&finding.mend.as_deref().map(below).unwrap_or_default());
    }
    for why in &row.seen.unseen {
        text.push_str(&line(Style::new().dimmed(), "not seen", why));
    }
    if text.is_empty() {
        text = line(AnsiColor::Green.on_default(), "fine", &row.seen.said);
    }
    text
}
