//! What the database has and pgplumb does not manage, where a strict run asks for it.

use crate::base::name::without_public;
use crate::lint::rule::{Group, Rule};
use crate::lint::{Finding, Level};

pub const RULE: Rule = Rule {
    code: "not-managed",
    title: "the database has something that pgplumb does not manage",
    why: "What is not managed is neither compared nor changed: it can differ from one database to the next, and nobody \
          is told.",
    remedy: "Leave `--strict` out, or allow it.",
    group: Group::File,
    level: Level::Error,
    plan: Some(|input| {
        let names = input.not_managed.iter().flat_map(|(reason, names)| names.iter().map(move |name| (reason, name)));
        names
            .map(|(reason, name)| {
                let object = without_public(name);
                let message = format!("{object}: {reason}");
                Finding { object, ..Finding::of_plan(RULE.code, message) }
            })
            .collect()
    }),
    script: None,
};
