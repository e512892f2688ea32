//! A migration that is another now than the one that a database ran.

use std::ops::Range;

use crate::lint::Level;
use crate::lint::finding::Finding;
use crate::lint::rule::{Group, Rule};
use crate::lint::script::Script;
use crate::script::head::differ_in_ends;

pub const RULE: Rule = Rule {
    code: "edited-after-apply",
    group: Group::File,
    level: Level::Error,
    title: "a migration was edited after it was applied",
    why: "The books of the database that was named hold another text of this migration. That database will never run the new \
          one, while a new database runs nothing else: the two get different schemas. `pgplumb apply` refuses to go on.",
    remedy: "Put back what was applied (`pgplumb history --export` has it) and write the change as a migration of its own. \
             Where the two mean the same, accept the file: `pgplumb repair ID --accept --because ...`.",
    plan: None,
    script: Some(edited),
};

fn edited(script: &Script) -> Vec<Finding> {
    let (Some(applied), Some(first)) = (&script.context.applied, script.file.first()) else { return Vec::new() };
    let Some(bytes) = difference(&first.file.text, &applied.sql) else { return Vec::new() };
    let message = format!("{} was applied with another text: this is the first line that differs", applied.id);
    let finding = script.finding(&RULE, bytes, message).help("put back what was applied, and write a new migration");
    vec![Finding { object: applied.id.clone(), ..finding }]
}

/// The first line of `text` that is not that of `other`; the last one where lines are missing behind it.
fn difference(text: &str, other: &str) -> Option<Range<usize>> {
    // `rebase` writes other states into the head of what runs the same.
    if text == other || differ_in_ends(text, other) {
        return None;
    }
    let mut others = other.split_inclusive('\n');
    let mut last = 0..0;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        last = start..start + line.trim_end().len();
        if others.next() != Some(line) {
            break;
        }
        start += line.len();
    }
    Some(last)
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn the_first_line_that_differs_is_shown() {
        assert_eq!(difference("a\nb\nc\n", "a\nb\nc\n"), None);
        assert_eq!(difference("a\nbb \nc\n", "a\nb\nc\n"), Some(2..4));
        assert_eq!(difference("a\nb\nc\n", "a\nb\n"), Some(4..5));
        assert_eq!(difference("a\nb\n", "a\nb\nc\n"), Some(2..3));
        assert_eq!(difference("a", "a\n"), Some(0..1));
    }
}
