//! There is no way back at all.

use crate::lint::down::{Came, of_down};
use crate::lint::rule::{Group, Rule};
use crate::lint::Level;

pub const RULE: Rule = Rule {
    code: "down-irreversible",
    title: "nothing leads back",
    why: "When the change turns out wrong, nothing but a restore from a backup brings the old state back.",
    remedy: "Split the change, so that each part can be undone; or make sure of the backup, and allow it.",
    group: Group::CannotGoBack,
    level: Level::Error,
    plan: None,
    script: Some(|script| {
        let found = of_down(&RULE, script, |down| match &down.came {
            Came::GivenUp(how) => Some(format!("there is no way back from {}: {how}", down.id)),
            _ => None,
        });
        found.into_iter().map(|finding| finding.help("write what undoes it, or allow it and say why nothing does")).collect()
    }),
};
