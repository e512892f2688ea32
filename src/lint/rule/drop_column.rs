//! A column goes, with the values in it.

use crate::kind::Key;
use crate::lint::Level;
use crate::lint::rule::{Group, Rule, lost};

pub const RULE: Rule = Rule {
    code: "drop-column",
    title: "a column is dropped",
    why: "Its values are gone, also after the down; and a program that still reads it fails from that moment on.",
    remedy: "If it only gets another name, declare that. Otherwise first release programs that do without it.",
    group: Group::LosesData,
    level: Level::Error,
    plan: Some(|input| lost(input, RULE.code, |key| matches!(key, Key::Column(_)))),
    script: None,
};
