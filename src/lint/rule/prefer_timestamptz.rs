//! A column for moments in time that does not know its time zone.

use crate::lint::Level;
use crate::lint::column_type;
use crate::lint::rule::{Group, Rule};
use crate::lint::tree::is_builtin;

pub const RULE: Rule = Rule {
    code: "prefer-timestamptz",
    group: Group::WellMade,
    level: Level::Note,
    title: "a moment is kept without its time zone",
    why: "A timestamp is what a clock on some wall showed: two sessions with different TimeZone settings write and \
             read different moments, and the hour that the clocks are set back exists twice.",
    remedy: "Use timestamptz, which takes the same eight bytes and keeps the moment itself. A timestamp is right for \
             a time on a calendar that has no place, such as opening hours.",
    plan: None,
    script: Some(|script| {
        column_type::each(
            script,
            &RULE,
            |name| is_builtin(name, &["timestamp"]),
            "has no time zone: sessions in two zones read two moments from it",
            |_| "write timestamptz".to_owned(),
        )
    }),
};
