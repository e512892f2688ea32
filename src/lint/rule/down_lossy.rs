//! The way back restores the structure, but not all that was in it.

use crate::grade::Grade;
use crate::lint::rule::{Group, Rule};
use crate::lint::{Finding, Level};

pub const RULE: Rule = Rule {
    code: "down-lossy",
    title: "the down does not bring everything back",
    why: "After the up and the down the schema is as it was, but rows or values are missing.",
    remedy: "Keep what is dropped for a while (rename it out of the way, drop it in a later change), or copy it first. \
             Once each loss is allowed by itself, this is too.",
    group: Group::CannotGoBack,
    level: Level::Error,
    plan: Some(|input| match input.grade {
        Grade::Lossy(gone) => {
            let message = format!("the down does not bring back {}", gone.join(", "));
            vec![Finding::of_plan(RULE.code, message).help("rename what goes out of the way now, and drop it later")]
        }
        _ => Vec::new(),
    }),
    script: None,
};
