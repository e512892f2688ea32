//! A down of which nobody knows whether it leads back.

use crate::lint::Level;
use crate::lint::down::{Came, of_down};
use crate::lint::rule::{Group, Rule};

pub const RULE: Rule = Rule {
    code: "down-unproved",
    group: Group::CannotGoBack,
    level: Level::Warning,
    title: "nobody saw that the down leads back",
    why: "What plan.json says of a migration was seen of its files as they were then. Edited afterwards, or never run, the \
          pair may do something else than the reviewer was shown: other locks, other losses, another state.",
    remedy: "Plan the change anew, so that the pair is proven as it is. Or correct what keeps it from being run.",
    plan: None,
    script: Some(|script| {
        let found = of_down(&RULE, script, |down| match &down.came {
            Came::Untried(why) => Some(format!("the down of {} was not tried: {why}", down.id)),
            _ if !down.edited.is_empty() => {
                let files = down.edited.join(" and ");
                Some(format!("{files} of {} changed after it was proven: plan.json tells of another text", down.id))
            }
            _ => None,
        });
        found.into_iter().map(|finding| finding.help("plan it anew, or correct what keeps it from being run")).collect()
    }),
};
