//! A column of type varchar with a length. Without one it is text under another name, which nobody has to change.

use crate::lint::Level;
use crate::lint::column_type;
use crate::lint::rule::{Group, Rule};
use crate::lint::tree::is_builtin;

pub const RULE: Rule = Rule {
    code: "prefer-text",
    group: Group::WellMade,
    level: Level::Off,
    title: "a text has its length in its type",
    why: "A varchar(n) is stored as text is. Its length is part of the type, so making it shorter writes the table \
             anew, and views over the column must be dropped before it changes at all.",
    remedy: "Use text. Where the length matters a CHECK (length(name) <= n) says so, and can be changed without a \
             lock that anybody notices.",
    plan: None,
    script: Some(|script| {
        column_type::each(
            script,
            &RULE,
            |name| is_builtin(name, &["varchar"]) && !name.typmods.is_empty(),
            "has its length in its type, which is hard to change under views",
            |_| "write text, with a CHECK for the length".to_owned(),
        )
    }),
};
