//! Schema files that say something else than the migrations lead to.

use crate::lint::Level;
use crate::lint::rule::{Group, Rule};

pub const RULE: Rule = Rule {
    code: "schema-differs",
    group: Group::File,
    level: Level::Error,
    title: "the migrations do not lead to the schema files",
    why: "`pgplumb check` ran all migrations on a scratch database and compared the result with the schema files. Where the \
          two differ, a new environment gets another schema than the one that was reviewed, and the next plan holds a \
          change that nobody asked for.",
    remedy: "`pgplumb plan` writes the migration that is missing. If the migration is right, correct the schema files.",
    // It compares two states, which no rule is shown; `check` tells of it.
    plan: None,
    script: None,
};
