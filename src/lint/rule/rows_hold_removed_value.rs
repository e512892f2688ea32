//! Rows with a value that an enum loses.

use crate::lint::Level;
use crate::lint::rule::{Group, Rule};

pub const RULE: Rule = Rule {
    code: "rows-hold-removed-value",
    group: Group::Rows,
    level: Level::Error,
    title: "rows hold a value that the enum loses",
    why: "The column moves to the new type row by row and fails at the first value that the new type does not \
          have.",
    remedy: "Give these rows another value first.",
    // Only who asks a database can tell: `--check-data`.
    plan: None,
    script: None,
};
