//! What is said of one of several databases at once: each line with its name.

use crate::command::out;

/// Says lines on stderr, each behind the name.
#[derive(Clone, Copy)]
pub(in crate::command) struct Voice<'a>(pub(in crate::command) &'a str);

impl Voice<'_> {
    /// All lines of a text; those of others do not come between.
    pub(in crate::command) fn say(&self, text: &str) {
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        let lines: Vec<String> = lines.map(|line| format!("{}: {line}", self.0)).collect();
        if !lines.is_empty() {
            out::remark(&lines.join("\n"));
        }
    }
}
