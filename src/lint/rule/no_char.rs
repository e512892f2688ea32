//! A column of type char(n).

use crate::lint::Level;
use crate::lint::column_type;
use crate::lint::rule::{Group, Rule};
use crate::lint::tree::is_builtin;

pub const RULE: Rule = Rule {
    code: "no-char",
    group: Group::WellMade,
    level: Level::Note,
    title: "a text is padded with blanks",
    why: "A char(n) is padded with blanks up to its length, takes more room than text for it, and is not faster. The \
             blanks count in LIKE and in a program that compares, and do not in Postgres, so the two disagree.",
    remedy: "Use text, with a CHECK where the length matters.",
    plan: None,
    script: Some(|script| {
        column_type::each(
            script,
            &RULE,
            |name| is_builtin(name, &["bpchar"]) && !name.typmods.is_empty(),
            "is padded with blanks, which a program sees and a comparison does not",
            |_| "write text, with a CHECK where the length matters".to_owned(),
        )
    }),
};
