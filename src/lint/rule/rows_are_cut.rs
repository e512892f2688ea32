//! Values that a narrower type cuts or rounds.

use crate::lint::Level;
use crate::lint::rule::{Group, Rule};

pub const RULE: Rule = Rule {
    code: "rows-are-cut",
    group: Group::Rows,
    level: Level::Error,
    title: "values would be cut or rounded",
    why: "These values are not the same any more once they have the new type, or Postgres refuses them and the \
          change stops    there. A value that was cut does not come back.",
    remedy: "Correct these rows first, or choose a type that holds them.",
    // Only who asks a database can tell: `--check-data`.
    plan: None,
    script: None,
};
