//! What a reviewer must agree to before a plan is taken: what it loses, and what looks like a rename that nobody declared.
//!
//! Each finding has a code and the object that it is about; `--allow CODE`, `--allow CODE:OBJECT` lets it through.

pub mod allowance;
pub mod grants;
pub mod loss;
pub mod rename;

use serde::Serialize;

use crate::kind::facts::Facts;
use crate::lint::allowance::Allowances;
use crate::plan::Plan;

/// One thing to agree to.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct Finding {
    /// `drop-column`.
    pub code: String,
    /// As SQL names it: `public.orders.note`.
    pub object: String,
    /// What is wrong, for a person.
    pub says: String,
    /// What to do about it other than allow it.
    pub advice: Option<String>,
    /// Whether it was let through.
    pub allowed: bool,
}

/// What a rule looks at.
pub struct Context<'a> {
    pub plan: &'a Plan,
    pub live: &'a Facts,
    pub desired: &'a Facts,
    /// Whether the desired state says anything about privileges.
    pub grants_declared: bool,
}

type Rule = fn(&Context) -> Vec<Finding>;

const RULES: &[Rule] = &[grants::find, loss::find, rename::find];

/// All findings, by code and object; the allowances mark what they let through.
pub fn findings(context: &Context, allowances: &Allowances) -> Vec<Finding> {
    let mut found: Vec<Finding> = RULES.iter().flat_map(|rule| rule(context)).collect();
    found.sort();
    found.dedup();
    for finding in &mut found {
        finding.allowed = allowances.allow(finding);
    }
    found
}
