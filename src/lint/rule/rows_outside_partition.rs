//! Rows that are where the bound of a partition does not allow them.

use crate::lint::Level;
use crate::lint::rule::{Group, Rule};

pub const RULE: Rule = Rule {
    code: "rows-outside-partition",
    group: Group::Rows,
    level: Level::Error,
    title: "rows are outside of their partition",
    why: "ATTACH PARTITION fails at a row of the table that its bound does not accept, and at a row of the default \
          partition that belongs into the new one.",
    remedy: "Move these rows to where they belong, or remove them: DELETE ... RETURNING and INSERT in one statement.",
    // Only who asks a database can tell: `--check-data`.
    plan: None,
    script: None,
};
