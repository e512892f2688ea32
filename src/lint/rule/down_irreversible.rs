//! There is no way back at all.

use crate::grade::Grade;
use crate::lint::rule::{Group, Rule};
use crate::lint::{Finding, Level};

pub const RULE: Rule = Rule {
    code: "down-irreversible",
    title: "the plan has no down",
    why: "When the change turns out wrong, nothing but a restore from a backup brings the old state back.",
    remedy: "Split the change, so that each part can be undone; or make sure of the backup, and allow it.",
    group: Group::CannotGoBack,
    level: Level::Error,
    plan: Some(|input| match input.grade {
        Grade::Irreversible(why) => vec![Finding::of_plan(RULE.code, format!("there is no way back: {why}"))],
        _ => Vec::new(),
    }),
    script: None,
};
