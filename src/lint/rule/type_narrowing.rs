//! A type that cannot hold every value that the old one could.

use crate::base::name::without_public;
use crate::grade::Cause;
use crate::lint::rule::{Group, Rule};
use crate::lint::{Finding, Level};

pub const RULE: Rule = Rule {
    code: "type-narrowing",
    title: "a type becomes narrower",
    why: "A cast to a narrower type cuts, rounds or refuses values; those that it cuts or rounds do not come back.",
    remedy: "Look for values that do not fit first, and keep the wider type with a CHECK where that says what is meant.",
    group: Group::LosesData,
    level: Level::Error,
    plan: Some(|input| {
        let narrowed = |loss: &crate::grade::Loss| {
            let Cause::Narrowed { from, to } = &loss.cause else { return None };
            let name = without_public(&loss.key.to_string());
            let message =
                format!("{name} changes from {from} to {to}: values that do not fit are cut, rounded or refused");
            Some(Finding::about(RULE.code, &loss.key, message))
        };
        input.losses.iter().filter_map(narrowed).collect()
    }),
    script: None,
};
