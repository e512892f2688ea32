//! A table goes, with its rows.

use crate::kind::Key;
use crate::lint::Level;
use crate::lint::rule::{Group, Rule, lost};

pub const RULE: Rule = Rule {
    code: "drop-table",
    title: "a table is dropped",
    why: "Its rows are gone, also after the down. A table that is dropped and created again is empty.",
    remedy: "If it only gets another name, declare that. Otherwise rename it out of the way first, and drop it later.",
    group: Group::LosesData,
    level: Level::Error,
    plan: Some(|input| lost(input, RULE.code, |key| matches!(key, Key::Table(_)))),
    script: None,
};
