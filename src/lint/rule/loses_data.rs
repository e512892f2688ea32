//! Anything else that takes rows, values or secrets along.

use crate::base::name::without_public;
use crate::grade::Cause;
use crate::kind::Key;
use crate::lint::rule::{Group, Rule, gone};
use crate::lint::{Finding, Level};

pub const RULE: Rule = Rule {
    code: "loses-data",
    title: "something is lost that no down brings back",
    why: "Values of a composite type's attributes, tables of an extension, how far a subscription has come, passwords \
          of foreign servers: they are in no schema, so no script can make them again.",
    remedy: "Save what is lost before the change.",
    group: Group::LosesData,
    level: Level::Error,
    plan: Some(|input| {
        let own = |key: &Key| matches!(key, Key::Table(_) | Key::Column(_) | Key::Sequence(_) | Key::Identity(_));
        let finding = |loss: &crate::grade::Loss| match &loss.cause {
            Cause::Said => Some(Finding::about(RULE.code, &loss.key, without_public(&loss.what))),
            _ if own(&loss.key) => None,
            _ => gone(loss, RULE.code),
        };
        input.losses.iter().filter_map(finding).collect()
    }),
    script: None,
};
