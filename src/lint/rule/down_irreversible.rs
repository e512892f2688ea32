//! There is no way back at all.

use crate::grade::Grade;
use crate::lint::down::{Came, of_down};
use crate::lint::rule::{Group, Rule};
use crate::lint::{Finding, Level};

pub const RULE: Rule = Rule {
    code: "down-irreversible",
    title: "nothing leads back",
    why: "When the change turns out wrong, nothing but a restore from a backup brings the old state back.",
    remedy: "Split the change, so that each part can be undone; or make sure of the backup, and allow it.",
    group: Group::CannotGoBack,
    level: Level::Error,
    plan: Some(|input| match input.grade {
        Grade::Irreversible(why) => vec![Finding::of_plan(RULE.code, format!("there is no way back: {why}"))],
        _ => Vec::new(),
    }),
    script: Some(|script| {
        let found = of_down(&RULE, script, |down| match &down.came {
            Came::GivenUp(how) => Some(format!("there is no way back from {}: {how}", down.id)),
            _ => None,
        });
        found.into_iter().map(|finding| finding.help("write what undoes it, or allow it and say why nothing does")).collect()
    }),
};
