//! A statement that Postgres refuses when it is run after all that comes before it.

use crate::lint::Level;
use crate::lint::rule::{Group, Rule};

pub const RULE: Rule = Rule {
    code: "statement-fails",
    group: Group::File,
    level: Level::Error,
    title: "a statement fails on scratch",
    why: "Every migration before it was run on a scratch database, and then Postgres refused this one. It will refuse it \
          in production too, unless it rests on something that only production has.",
    remedy: "Correct the statement. If it needs something that no migration makes (a role, an extension, rows), make \
             that in a migration before it.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| match &statement.refused {
            Some(said) if statement.node().is_some() => vec![statement.finding(&RULE, "", format!("Postgres refuses it: {said}"))],
            // Where it cannot be read at all, `syntax-error` knows the place.
            _ => Vec::new(),
        })
    }),
};
