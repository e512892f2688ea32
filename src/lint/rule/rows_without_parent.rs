//! Orphans: rows that a foreign key finds no other row for.

use crate::lint::Level;
use crate::lint::rule::{Group, Rule};

pub const RULE: Rule = Rule {
    code: "rows-without-parent",
    group: Group::Rows,
    level: Level::Error,
    title: "rows refer to what is not there",
    why: "A foreign key that is added or validated looks up every row, and fails at the first that refers to \
          nothing.",
    remedy: "Remove these rows, set what they refer to to NULL, or add what is missing.",
    // Only who asks a database can tell: `--check-data`.
    plan: None,
    script: None,
};
