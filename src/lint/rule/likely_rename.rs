//! A drop and an add that look like one thing under another name.
//!
//! Whether they are is a question only a person can answer: dropping loses the rows, renaming keeps them. Everything
//! that Postgres can rename is looked at. What holds no rows must say exactly the same; columns must be of one type
//! in one table, tables must share most columns. Each drop is asked about once, with the add that fits best.

pub mod pairing;

use crate::base::name::{Ident, without_public};
use crate::kind::Key;
use crate::lint::rule::likely_rename::pairing::{Pair, labels, pairs};
use crate::lint::rule::{Group, Rule};
use crate::lint::{Finding, Input, Level};

pub const RULE: Rule = Rule {
    code: "likely-rename",
    title: "a drop and an add look like a rename",
    why: "A schema file shows what is wanted, not how it came about. Where something goes and its like comes under \
          another name, dropping it loses what a rename would keep.",
    remedy: "If it is a rename, write `-- pgplumb: renamed from OLD` above it. If not, allow the drop by its name.",
    group: Group::LosesData,
    level: Level::Error,
    plan: Some(|input| {
        let mut found: Vec<Finding> = pairs(input).iter().map(|pair| ask(input, pair)).collect();
        found.extend(labels(input).iter().map(|(key, from, to)| ask_label(input, key, from, to)));
        found
    }),
    script: None,
};

fn ask(input: &Input, Pair { from, to }: &Pair) -> Finding {
    let (old, new) = (without_public(&from.sql()), without_public(&to.sql()));
    let moved = from.schema() != to.schema() && from.on().is_none();
    let directive = if moved { from.sql() } else { Ident::new(from.name()).to_string() };
    let message = format!("{} {old} goes and {new} comes: is it the same under another name?", from.label());
    Finding::about(RULE.code, from, message).help(answer(input, to, &directive, &new))
}

fn ask_label(input: &Input, key: &Key, from: &str, to: &str) -> Finding {
    let name = without_public(&key.to_string());
    let message = format!("value '{from}' of {name} goes and '{to}' comes: is it the same under another name?");
    let finding = Finding::about(RULE.code, key, message);
    let help = answer(input, key, &format!("'{}'", from.replace('\'', "''")), &format!("'{to}'"));
    Finding { object: format!("{}.{from}", finding.object), ..finding }.help(help)
}

fn answer(input: &Input, to: &Key, directive: &str, new: &str) -> String {
    let place = (input.places)(to).map(|place| format!(" ({place})")).unwrap_or_default();
    format!("if so, write `-- pgplumb: renamed from {directive}` above {new}{place}")
}
