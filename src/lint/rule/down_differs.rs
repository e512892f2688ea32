//! A down that does not lead back to where its up began.

use crate::base::name::without_public;
use crate::lint::Level;
use crate::lint::down::{Came, of_down};
use crate::lint::rule::{Group, Rule, listed};

pub const RULE: Rule = Rule {
    code: "down-differs",
    group: Group::CannotGoBack,
    level: Level::Error,
    title: "the down does not lead back",
    why: "The up and then the down were run on a scratch database, and what came out is not what was there before. After \
          a rollback the program meets a schema that it was never tried with, and the next up may not run.",
    remedy: "Correct the down: it must undo all that the up does, in the opposite order.",
    plan: None,
    script: Some(|script| {
        let found = of_down(&RULE, script, |down| match &down.came {
            Came::Refused(said) => Some(format!("the down of {} does not run: {said}", down.id)),
            Came::Differs(left) => {
                let left: Vec<String> = left.iter().map(|left| without_public(left)).collect();
                Some(format!("after the up and the down of {} the schema is not as it was: {}", down.id, listed(&left)))
            }
            Came::Missing | Came::GivenUp(_) | Came::Untried(_) | Came::Proven => None,
        });
        found.into_iter().map(|finding| finding.help("undo all that the up does, in the opposite order")).collect()
    }),
};
