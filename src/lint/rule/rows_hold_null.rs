//! NULLs in a column that becomes NOT NULL or part of a primary key.

use crate::lint::Level;
use crate::lint::rule::{Group, Rule};

pub const RULE: Rule = Rule {
    code: "rows-hold-null",
    group: Group::Rows,
    level: Level::Error,
    title: "rows hold NULL where it will not be allowed",
    why: "SET NOT NULL, a primary key, and a new NOT NULL column without a default fail at the first row that \
          has no value.",
    remedy: "Give these rows a value first; a new column gets a default, or becomes NOT NULL once it is filled.",
    // Only who asks a database can tell: `--check-data`.
    plan: None,
    script: None,
};
