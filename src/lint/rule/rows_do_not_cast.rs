//! Values that the new type of a column does not take.

use crate::lint::Level;
use crate::lint::rule::{Group, Rule};

pub const RULE: Rule = Rule {
    code: "rows-do-not-cast",
    group: Group::Rows,
    level: Level::Error,
    title: "values do not convert to the new type",
    why: "ALTER COLUMN TYPE converts every row, under ACCESS EXCLUSIVE, and fails at the first value that does \
          not convert:    everybody has waited for nothing.",
    remedy: "Correct these rows first, or say with USING what becomes of them.",
    // Only who asks a database can tell: `--check-data`.
    plan: None,
    script: None,
};
