//! What a reviewer must agree to before a plan is taken or a migration is run, each thing with a code and the object that
//! it is about.
//!
//! A rule is a file in `rule/` with what it is, why it matters and what to do instead. It looks at a plan, fact by fact,
//! or at a script, statement by statement: the steps of a plan are one, and so is a file that somebody wrote. What a
//! statement locks and rewrites was seen on scratch, or else is guessed from its text and said to be. `allow` marks what
//! was let through; an allowance that lets nothing through is a finding itself.

pub mod allow;
pub mod applied;
pub mod cause;
pub mod column_type;
pub mod down;
pub mod finding;
pub mod fix;
pub mod guess;
pub mod made;
pub mod named;
pub mod object;
pub mod policy;
pub mod repeat;
pub mod rule;
pub mod script;
pub mod sequence;
pub mod state;
pub mod tree;

use std::collections::BTreeMap;

use crate::base::place::Place;
use crate::db::version::Version;
use crate::grade::{Grade, Loss};
use crate::kind::facts::Facts;
use crate::kind::{Body, Key};
use crate::lint::allow::{Allow, follows_from_allowed, let_through};
use crate::lint::policy::Policy;
use crate::lint::rule::{RULES, Rule};
use crate::lint::script::{Context, Keys, Script, Threshold};

pub use crate::lint::finding::{Finding, Level};
use crate::observe::size::Sizes;
use crate::plan::Plan;

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
    /// From which size on a table is large.
    pub threshold: Threshold,
    /// Of the live server, where there is one.
    pub version: Option<Version>,
    /// What is not managed and should be, by the reason.
    pub not_managed: &'a BTreeMap<String, Vec<String>>,
    /// What was found by asking the live database; nothing where it was not asked.
    pub asked: &'a [Finding],
    /// Where the files declare a fact.
    pub places: &'a dyn Fn(&Key) -> Option<Place>,
}

/// All findings, sorted, with what the allowances let through.
pub fn check(input: &Input, policy: &Policy, allows: &[Allow]) -> Vec<Finding> {
    let (major, minor) = (input.version.map(Version::major), input.version.map(Version::minor));
    let (sizes, threshold, keys) = (input.sizes.clone(), input.threshold, keys(input.live));
    let context = Context { sizes, threshold, major, minor, keys, ..Context::default() };
    let script = Script::of_plan(input.up, context, input.places);
    let mut found: Vec<Finding> =
        RULES.iter().flat_map(|rule| policy.weigh(rule, of_rule(rule, input, &script))).collect();
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
    finding::sort(&mut found);
    found
}

/// The columns of the primary keys and UNIQUE constraints of a state.
fn keys(facts: &Facts) -> Keys {
    let mut keys = Keys::new();
    for (key, body) in facts.iter() {
        if let (Some(Key::Table(table)), Body::Constraint(constraint)) = (key.on(), body)
            && matches!(constraint.contype.as_str(), "p" | "u")
        {
            let columns = constraint.columns.iter().flatten().map(|column| column.as_str().to_owned()).collect();
            let table = (table.schema.as_str().to_owned(), table.name.as_str().to_owned());
            keys.entry(table).or_default().push(columns);
        }
    }
    keys
}

/// A rule that knows plans looks at the plan, any other at its statements; some only say what the rows have said.
fn of_rule(rule: &Rule, input: &Input, script: &Script) -> Vec<Finding> {
    match (rule.plan, rule.script) {
        (Some(check), _) => check(input),
        (None, Some(check)) => check(script),
        (None, None) => input.asked.iter().filter(|finding| finding.code == rule.code).cloned().collect(),
    }
}

/// All findings of a script that somebody wrote, in the order of its lines, with what the allowances let through.
pub fn check_script(script: &Script, policy: &Policy, allows: &[Allow]) -> Vec<Finding> {
    let of_rule = |rule: &Rule| rule.script.map(|check| policy.weigh(rule, check(script))).unwrap_or_default();
    let mut found: Vec<Finding> = RULES.iter().flat_map(of_rule).collect();
    let_through(&mut found, allows);
    found.extend(policy.weigh(&rule::allowance_unused::RULE, rule::allowance_unused::unused(allows, &found)));
    finding::sort(&mut found);
    found
}

/// Findings of one rule that neither a plan nor a script shows, at the level that counts, and what is let through.
pub fn weighed(rule: &Rule, found: Vec<Finding>, policy: &Policy, allows: &[Allow]) -> Vec<Finding> {
    let mut found = policy.weigh(rule, found);
    let_through(&mut found, allows);
    found
}

/// Whether anything is left that nobody allowed.
pub fn blocked(findings: &[Finding]) -> bool {
    findings.iter().any(Finding::blocks)
}

#[cfg(test)]
mod boundaries;
#[cfg(test)]
mod tests;
