//! What a reviewer must agree to before a plan is taken, each thing with a code and the object that it is about.
//!
//! A rule is a file in `rule/` with what it is, why it matters and what to do instead. `allow` marks what was let
//! through; an allowance that lets nothing through is a finding itself.

pub mod allow;
pub mod rule;

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::base::name::without_public;
use crate::base::place::Place;
use crate::grade::{Grade, Loss};
use crate::kind::Key;
use crate::kind::facts::Facts;
use crate::lint::allow::{Allow, follows_from_allowed, let_through};
use crate::lint::rule::RULES;
use crate::observe::size::Sizes;
use crate::plan::Plan;

/// How much a finding weighs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Blocks, until it is allowed.
    Error,
    Warning,
    Note,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        })
    }
}

/// One thing to agree to. The order is that of a report: what weighs most comes first.
#[derive(Serialize, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Finding {
    pub level: Level,
    /// `drop-column`.
    pub code: &'static str,
    /// What `--allow CODE:OBJECT` takes: `orders.note`. Empty where it is about the plan as a whole.
    pub object: String,
    /// What is wrong.
    pub message: String,
    /// What to do other than allow it.
    pub help: Option<String>,
    /// What let it through.
    pub allowed_by: Option<String>,
    /// The fact that it is about.
    pub key: Option<Key>,
}

impl Finding {
    /// About a fact, at the level that blocks.
    pub fn about(code: &'static str, key: &Key, message: impl Into<String>) -> Self {
        let object = without_public(&key.sql());
        Self { key: Some(key.clone()), object, ..Self::of_plan(code, message) }
    }

    /// About the plan as a whole, at the level that blocks.
    pub fn of_plan(code: &'static str, message: impl Into<String>) -> Self {
        let (object, message) = (String::new(), message.into());
        Self { level: Level::Error, code, object, message, help: None, allowed_by: None, key: None }
    }

    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The argument of `--allow` that lets exactly this one through.
    pub fn allowance(&self) -> String {
        if self.object.is_empty() { self.code.to_owned() } else { format!("{}:{}", self.code, self.object) }
    }

    pub fn blocks(&self) -> bool {
        self.level == Level::Error && self.allowed_by.is_none()
    }
}

/// What the rules look at.
pub struct Input<'a> {
    pub up: &'a Plan,
    pub live: &'a Facts,
    /// Under the names that the plan works with: those from before its renames.
    pub desired: &'a Facts,
    pub losses: &'a [Loss],
    pub grade: &'a Grade,
    /// Whether the desired state says anything about privileges.
    pub grants_declared: bool,
    /// How large the live tables are.
    pub sizes: &'a Sizes,
    /// What is not managed and should be, by the reason.
    pub not_managed: &'a BTreeMap<String, Vec<String>>,
    /// Where the files declare a fact.
    pub places: &'a dyn Fn(&Key) -> Option<Place>,
}

/// All findings, sorted, with what the allowances let through.
pub fn check(input: &Input, allows: &[Allow]) -> Vec<Finding> {
    let mut found: Vec<Finding> = RULES.iter().flat_map(|rule| (rule.check)(input)).collect();
    let_through(&mut found, allows);
    if follows_from_allowed(input.grade, input.losses.len(), &found) {
        for down in found.iter_mut().filter(|finding| finding.code == rule::down_lossy::RULE.code) {
            down.allowed_by.get_or_insert_with(|| "each loss is allowed by itself".to_owned());
        }
    }
    if !found.is_empty() || !input.up.is_empty() {
        let unused = rule::allowance_unused::unused(allows, &found);
        found.extend(unused);
    }
    found.sort();
    found.dedup();
    found
}

/// Whether anything is left that nobody allowed.
pub fn blocked(findings: &[Finding]) -> bool {
    findings.iter().any(Finding::blocks)
}

#[cfg(test)]
mod tests;
