//! A schema goes, with everything in it.

use crate::kind::Key;
use crate::lint::rule::{Group, Rule, dropped};
use crate::lint::{Finding, Level};

pub const RULE: Rule = Rule {
    code: "drop-schema",
    title: "a schema is dropped",
    why: "What is in it is dropped first, managed or not known to anyone; whoever has it in a search path misses it.",
    remedy: "If it only gets another name, declare that. If it is somebody else's, leave it out with `exclude.schemas`.",
    group: Group::LosesData,
    level: Level::Error,
    plan: Some(|input| {
        let schemas = dropped(input, |key| matches!(key, Key::Schema(_)));
        schemas.into_iter().map(|key| Finding::about(RULE.code, key, format!("{key} is dropped"))).collect()
    }),
    script: None,
};
