//! Duplicates in what becomes unique.

use crate::lint::Level;
use crate::lint::rule::{Group, Rule};

pub const RULE: Rule = Rule {
    code: "rows-not-unique",
    group: Group::Rows,
    level: Level::Error,
    title: "rows are the same where they must differ",
    why: "A unique index, be it that of a constraint or of a primary key, cannot be built over them. Built \
          CONCURRENTLY it    fails after it has read the whole table, and leaves an INVALID index behind.",
    remedy: "Remove the duplicates, or make more columns part of the key.",
    // Only who asks a database can tell: `--check-data`.
    plan: None,
    script: None,
};
