//! A comment for pgplumb that it cannot follow.

use miette::Diagnostic;

use crate::lint::{Finding, Level};
use crate::lint::rule::{Group, Rule};
use crate::sql::directive::directives_within;

pub const RULE: Rule = Rule {
    code: "unknown-directive",
    group: Group::File,
    level: Level::Error,
    title: "a directive cannot be followed",
    why: "A comment that begins with pgplumb: is meant to change what is done. One with a slip in it, or one that \
             stands at nothing, changes nothing, and whoever wrote it believes that it does.",
    remedy: "Correct its words, or put it on the line directly above what it is about.",
    plan: None,
    script: Some(|script| {
        let (_, errors) = directives_within(script.file, script.context.within.as_ref());
        let unknown = errors.iter().filter(|error| !error.lacks_reason());
        unknown
            .map(|error| {
                let finding = script.finding(&RULE, error.bytes(), error.to_string());
                Finding { help: error.help().map(|help| help.to_string()), ..finding }
            })
            .collect()
    }),
};
