//! A value of an enum goes; rows may hold it.

mod swapped;

use crate::base::name::without_public;
use crate::grade::Cause;
use crate::lint::rule::enum_value_removed::swapped::swapped;
use crate::lint::rule::{Group, Rule};
use crate::lint::{Finding, Level};

pub const RULE: Rule = Rule {
    code: "enum-value-removed",
    title: "a value of an enum is removed",
    why: "Postgres cannot remove one: the type is replaced, every column that uses it is converted under a strong \
          lock, and the change fails where a row still has the value.",
    remedy: "If it only gets another name, declare that. Otherwise first update the rows that have it.",
    group: Group::LosesData,
    level: Level::Error,
    plan: Some(|input| {
        let label = |loss: &crate::grade::Loss| {
            let Cause::Label(label) = &loss.cause else { return None };
            let name = without_public(&loss.key.to_string());
            let message = format!("value '{label}' of {name} is removed: the change fails where a row has it");
            let finding = Finding::about(RULE.code, &loss.key, message);
            Some(Finding { object: format!("{}.{label}", finding.object), ..finding })
        };
        input.losses.iter().filter_map(label).collect()
    }),
    script: Some(|script| swapped(&RULE, script)),
};
