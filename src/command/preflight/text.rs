//! What was found, for a person.

use anstyle::{AnsiColor, Style};

use crate::operate::preflight::report::{Report, Standing};
use crate::operate::preflight::{CHECKS, Level, Seen};
use crate::report::text::width;

/// One line for each check, and below it the reason and what to do; with colours, which stdout takes out where they are
/// not wanted.
pub(super) fn render(report: &Report, strict: bool) -> String {
    let server = report.server.as_deref().map(|version| format!(" (PostgreSQL {version})")).unwrap_or_default();
    let mut text = format!("{}{server}\n", report.database);
    let widest = CHECKS.iter().map(|check| check.code.len()).max().unwrap_or_default();
    let indent = " ".repeat(widest + 14);
    let columns = width().max(60);
    let below = |what: &str| {
        let options = textwrap::Options::new(columns).initial_indent(&indent).subsequent_indent(&indent);
        textwrap::fill(what, options) + "\n"
    };
    for row in &report.rows {
        let code = row.check.code;
        match &row.seen {
            Seen::Fine(said) => text.push_str(&line(Standing::Fine, code, widest, said)),
            Seen::Unseen(said) => text.push_str(&line(Standing::Unseen, code, widest, said)),
            Seen::Found(findings) => {
                for finding in findings {
                    text.push_str(&line(Standing::of(finding.level, strict), code, widest, &finding.what));
                    if finding.level > Level::Note {
                        text.push_str(&below(row.check.why));
                    }
                    text.push_str(&below(finding.mend.as_deref().unwrap_or(row.check.mend)));
                }
            }
        }
    }
    let counts: Vec<String> =
        report.summary(strict).iter().map(|(standing, count)| format!("{count} {}", standing.words())).collect();
    text.push_str(&format!("{} checks: {}\n", report.rows.len(), counts.join(", ")));
    text
}

fn line(standing: Standing, code: &str, widest: usize, said: &str) -> String {
    let style = match standing {
        Standing::Fine => AnsiColor::Green.on_default(),
        Standing::Note => AnsiColor::Cyan.on_default(),
        Standing::Warning => AnsiColor::Yellow.on_default(),
        Standing::Error => AnsiColor::Red.on_default().bold(),
        Standing::Unseen => Style::new().dimmed(),
    };
    format!("  {style}{:8}{style:#}  {code:widest$}  {said}\n", standing.words())
}
