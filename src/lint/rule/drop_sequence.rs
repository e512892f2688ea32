//! A sequence goes, and with it the number that comes next.

use crate::kind::Key;
use crate::lint::Level;
use crate::lint::rule::{Group, Rule, lost};

pub const RULE: Rule = Rule {
    code: "drop-sequence",
    title: "a sequence is dropped",
    why: "A sequence that is created again starts from its first number, which may be in use.",
    remedy: "Keep it, or set the new one's position after the change.",
    group: Group::LosesData,
    level: Level::Error,
    plan: Some(|input| lost(input, RULE.code, |key| matches!(key, Key::Sequence(_) | Key::Identity(_)))),
    script: None,
};
