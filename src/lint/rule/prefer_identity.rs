//! A serial column.

use crate::lint::Level;
use crate::lint::column_type;
use crate::lint::rule::{Group, Rule};
use crate::lint::tree::{is_builtin, type_name};

pub const RULE: Rule = Rule {
    code: "prefer-identity",
    group: Group::WellMade,
    level: Level::Off,
    title: "a column is numbered by serial",
    why: "A serial column is an integer with a default from a sequence of its own. Who may insert needs a right on \
             the sequence besides, a copy made with LIKE draws from the same sequence, and nothing keeps a program \
             from writing the number itself.",
    remedy: "Use GENERATED ALWAYS AS IDENTITY, or BY DEFAULT where programs write numbers themselves: the sequence \
             belongs to the column.",
    plan: None,
    script: Some(|script| {
        column_type::each(
            script,
            &RULE,
            |name| is_builtin(name, &["serial", "serial4", "bigserial", "serial8", "smallserial", "serial2"]),
            "draws from a sequence with rights of its own, which copies of the table share",
            |name| {
                let integer = match type_name(name) {
                    "bigserial" | "serial8" => "bigint",
                    "smallserial" | "serial2" => "smallint",
                    _ => "integer",
                };
                format!("write {integer} GENERATED ALWAYS AS IDENTITY")
            },
        )
    }),
};
