//! A json column.

use crate::lint::Level;
use crate::lint::column_type;
use crate::lint::rule::{Group, Rule};
use crate::lint::tree::is_builtin;

pub const RULE: Rule = Rule {
    code: "prefer-jsonb",
    group: Group::WellMade,
    level: Level::Note,
    title: "a document is kept as text",
    why: "A json column keeps the text and parses it at each access. It has no equality, so DISTINCT, GROUP BY and \
             UNION fail on it, and no index finds anything in it.",
    remedy: "Use jsonb. Only where white space, the order of keys and repeated keys must come back as they were is \
             json right.",
    plan: None,
    script: Some(|script| {
        column_type::each(
            script,
            &RULE,
            |name| is_builtin(name, &["json"]),
            "is parsed at each access, cannot be compared and has no index for what is in it",
            |_| "write jsonb".to_owned(),
        )
    }),
};
