//! A name that has to be quoted, or will be written wrong.

use crate::base::name::Ident;
use crate::lint::Level;
use crate::lint::named::named;
use crate::lint::rule::{Group, Rule};
use crate::sql::parser::check;

pub const RULE: Rule = Rule {
    code: "name-pattern",
    group: Group::WellMade,
    level: Level::Off,
    title: "a name has to be quoted",
    why: "A name with capitals, blanks or signs, or one that is a keyword, must be quoted each time it is written. \
             Unquoted it is folded to lower case and not found, and every query, report and program has to know that.",
    remedy: "Use lower case letters, digits and underscores, begin with a letter, and leave keywords alone.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let names = statement.node().map(named).unwrap_or_default();
            let bad = names.iter().filter(|named| named.is_new && needs_quotes(named.name));
            bad.map(|named| {
                let message = format!("{} has to be quoted wherever this {} is named", Ident::new(named.name), named.kind);
                let help = "use lower case letters, digits and underscores, and no keyword";
                let finding = statement.finding(&RULE, &named.object(), message).help(help);
                statement.part_name(finding, named.location)
            })
            .collect()
        })
    }),
};

/// Keywords that can be the name of a table and a column as they are (`position`, `time`) are none to complain about.
fn needs_quotes(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !name.chars().all(plain) || name.starts_with(|c: char| c.is_ascii_digit()) {
        return true;
    }
    Ident::new(name).to_string() != name && check(&format!("CREATE TABLE {name} ({name} integer)")).is_err()
}
