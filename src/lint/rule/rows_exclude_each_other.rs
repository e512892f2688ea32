//! Pairs of rows that an EXCLUDE constraint does not allow.

use crate::lint::Level;
use crate::lint::rule::{Group, Rule};

pub const RULE: Rule = Rule {
    code: "rows-exclude-each-other",
    group: Group::Rows,
    level: Level::Error,
    title: "rows exclude each other",
    why: "An EXCLUDE constraint compares the rows while its index is built, and fails at the first pair for which all \
          operators are true.",
    remedy: "Change or remove one of each pair, or leave some of them out with a WHERE.",
    // Only who asks a database can tell: `--check-data`.
    plan: None,
    script: None,
};
