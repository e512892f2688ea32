//! An allowance that lets nothing through: what it was written for is gone, or its name is spelled wrong.

use crate::base::wording::nearest;
use crate::lint::allow::Allow;
use crate::lint::rule::{Group, RULES, Rule};
use crate::lint::{Finding, Level};

pub const RULE: Rule = Rule {
    code: "allowance-unused",
    title: "an allowance lets nothing through",
    why: "An allowance that outlives its reason lets the next loss through unseen, and one with a slip in its name \
          lets nothing through although it looks as if it did.",
    remedy: "Remove it, or correct the code or the object.",
    group: Group::File,
    level: Level::Note,
    plan: Some(|_| Vec::new()),
    script: None,
};

/// A note for each that fits no finding; `all` is for scripts, and need not find anything.
pub fn unused(allows: &[Allow], found: &[Finding]) -> Vec<Finding> {
    allows
        .iter()
        .filter(|allow| !allow.is_all() && !found.iter().any(|finding| allow.fits(finding)))
        .map(|allow| {
            let known = allow.code == "all" || RULES.iter().any(|rule| rule.code == allow.code);
            let meant = nearest(&allow.code, RULES.iter().map(|rule| rule.code)).filter(|_| !known);
            let help = match meant {
                Some(code) => format!("did you mean `{code}`?"),
                None => "remove it, so that it does not let something else through one day".to_owned(),
            };
            let finding = Finding::of_plan(RULE.code, format!("`{allow}` lets nothing through")).help(help);
            Finding { level: Level::Note, ..finding }
        })
        .collect()
}
