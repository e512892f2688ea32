//! Findings as lines: what blocks, and how to let it through.

use crate::lint::{Finding, Level};
use crate::report::text::{BAD, CARE, DIM, beside};

/// Where the text begins.
const COLUMN: usize = 12;

/// All findings; empty where there is none.
pub fn findings(findings: &[Finding], width: usize) -> String {
    let mut text = String::new();
    for finding in findings {
        let (head, style) = match (finding.level, &finding.allowed_by) {
            (_, Some(_)) => ("allowed", DIM),
            (Level::Error, None) => ("blocked by", BAD),
            (Level::Warning, None) => ("warning", CARE),
            (Level::Note | Level::Off, None) => ("note", DIM),
        };
        text.push_str(&beside(head, style, &format!("{}: {}", finding.code, finding.message), COLUMN, width));
        match &finding.allowed_by {
            Some(by) => text.push_str(&beside("", DIM, &format!("by {by}"), COLUMN, width)),
            None => {
                if let Some(help) = &finding.help {
                    text.push_str(&beside("", DIM, help, COLUMN, width));
                }
                if finding.blocks() {
                    let allowance = finding.allowance();
                    let flag = if allowance.contains(|c: char| !c.is_ascii_alphanumeric() && !"-_.:".contains(c)) {
                        format!("'{}'", allowance.replace('\'', "'\\''"))
                    } else {
                        allowance
                    };
                    text.push_str(&beside("", DIM, &format!("allow with --allow {flag}"), COLUMN, width));
                }
            }
        }
    }
    text
}
