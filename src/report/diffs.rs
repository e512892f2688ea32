//! The unified diff of a body: a function's, a view's.

use anstyle::{AnsiColor, Style};
use similar::{ChangeTag, TextDiff};

/// Lines around a change that stay.
const CONTEXT: usize = 2;

/// What kind of line it is.
const GONE: Style = AnsiColor::Red.on_default();
const COME: Style = AnsiColor::Green.on_default();
const AROUND: Style = Style::new().dimmed();

/// The lines of the diff with their colours, each after this indentation; changes far apart are set off.
pub fn unified(from: &str, to: &str, indent: &str) -> Vec<String> {
    let diff = TextDiff::from_lines(from, to);
    let mut lines = Vec::new();
    for (index, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if index > 0 {
            lines.push(format!("{indent}{AROUND}...{AROUND:#}"));
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let (sign, style) = match change.tag() {
                ChangeTag::Delete => ('-', GONE),
                ChangeTag::Insert => ('+', COME),
                ChangeTag::Equal => (' ', AROUND),
            };
            let text = visible(change.value());
            lines.push(format!("{indent}{style}{}{style:#}", format!("{sign} {text}").trim_end()));
        }
    }
    lines
}

/// The line without its end, and without what a terminal would act on.
fn visible(line: &str) -> String {
    let line = line.trim_end_matches(['\n', '\r']);
    line.chars().map(|c| if c.is_control() && c != '\t' { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_changes_with_a_little_of_what_is_around() {
        let from = "a\nb\nc\nd\ne\nf\ng\nh\ni\n";
        let to = from.replace("b\n", "B\n").replace("h\n", "h\n\u{1b}[31mnew\n");
        let plain: Vec<String> =
            unified(from, &to, "  ").iter().map(|line| anstream::adapter::strip_str(line).to_string()).collect();
        assert_eq!(
            plain,
            ["    a", "  - b", "  + B", "    c", "    d", "  ...", "    g", "    h", "  + \u{fffd}[31mnew", "    i"]
        );
    }
}
