//! An allowance that does not say why.

use crate::lint::Level;
use crate::lint::rule::{Group, Rule};
use crate::sql::directive::directives_within;

pub const RULE: Rule = Rule {
    code: "allowance-without-reason",
    group: Group::File,
    level: Level::Error,
    title: "an allowance gives no reason",
    why: "An allowance without a reason lets nothing through. Whoever reviews it, or meets it a year later, cannot \
             tell whether it was thought about, and does not dare to remove it.",
    remedy: "Write -- pgplumb: allow CODE because and then the reason: the table is empty, the program is gone.",
    plan: None,
    script: Some(|script| {
        let (_, errors) = directives_within(script.file, script.context.within.as_ref());
        let silent = errors.iter().filter(|error| error.lacks_reason());
        silent
            .map(|error| {
                script
                    .finding(&RULE, error.bytes(), "without a reason it allows nothing")
                    .help("end it with `because` and the reason")
            })
            .collect()
    }),
};
