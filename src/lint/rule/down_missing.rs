//! A migration without a way back, among others that have one.

use crate::lint::Level;
use crate::lint::down::{Came, of_down};
use crate::lint::rule::{Group, Rule};

pub const RULE: Rule = Rule {
    code: "down-missing",
    group: Group::CannotGoBack,
    level: Level::Warning,
    title: "a migration has no down",
    why: "The other migrations of the folder can be taken back, this one cannot: a rollback stops here, and nobody knows \
          that before it is needed.",
    remedy: "Write the down. Where there is none because rows or values are lost, say so: allow it here, with the reason.",
    plan: None,
    script: Some(|script| {
        let found = of_down(&RULE, script, |down| {
            (down.came == Came::Missing).then(|| format!("there is no way back from {}", down.id))
        });
        found.into_iter().map(|finding| finding.help("write its down, or allow it and say why there is none")).collect()
    }),
};
