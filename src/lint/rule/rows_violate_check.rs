//! Rows for which a CHECK of a table or a domain is false.

use crate::lint::Level;
use crate::lint::rule::{Group, Rule};

pub const RULE: Rule = Rule {
    code: "rows-violate-check",
    group: Group::Rows,
    level: Level::Error,
    title: "rows break a CHECK",
    why: "A CHECK that is added or validated reads every row and fails at the first for which it is false.",
    remedy: "Correct these rows first, or add the constraint as NOT VALID, which holds for new rows only.",
    // Only who asks a database can tell: `--check-data`.
    plan: None,
    script: None,
};
