//! What `plan` and `lint` say: for people, for programs, and for the services that show it beside the code. All of a plan
//! is made from the same account.

pub mod detail;
pub mod diffs;
pub mod findings;
pub mod graph;
pub mod html;
pub mod json;
pub mod mark;
pub mod mark_up;
pub mod markdown;
mod page;
pub mod rows;
pub mod secret;
pub mod text;
pub mod tree;

use std::collections::BTreeMap;

use crate::base::place::Place;
use crate::catalog::edges::Edges;
use crate::grade::Grade;
use crate::kind::Key;
use crate::kind::facts::Facts;
use crate::lint::Finding;
use crate::observe::size::Sizes;
use crate::plan::Plan;
use crate::prove::Proof;

/// Everything there is to say about a plan.
pub struct Report<'a> {
    /// The version of pgplumb.
    pub tool: &'a str,
    /// The major version of the server that the plan is for.
    pub server_major: u32,
    pub slug: &'a str,
    /// For a person: `shop on localhost (PostgreSQL 15.18)`, `schema (12 files)`, `a throw-away cluster`.
    pub live: &'a str,
    pub desired: &'a str,
    pub scratch: &'a str,
    /// The fingerprints of the live state and of the desired one.
    pub from: &'a str,
    pub to: &'a str,
    pub live_facts: &'a Facts,
    /// The desired state under the names that the plan works with: those from before its renames.
    pub desired_facts: &'a Facts,
    /// What needs what in the two states.
    pub edges: [&'a Edges; 2],
    pub up: &'a Plan,
    pub down: &'a Plan,
    pub grade: &'a Grade,
    /// None where the plan was not run on scratch.
    pub proof: Option<&'a Proof>,
    pub findings: &'a [Finding],
    /// What is not managed, by reason.
    pub excluded: &'a BTreeMap<String, Vec<String>>,
    /// How large the live tables are.
    pub sizes: &'a Sizes,
    /// What of the schema files was not loaded, a sentence each.
    pub notes: &'a [String],
    /// The two scripts.
    pub up_sql: &'a str,
    pub down_sql: &'a str,
    /// What was written, for a person.
    pub written: Option<String>,
    /// Where the files declare a fact.
    pub places: &'a dyn Fn(&Key) -> Option<Place>,
}

#[cfg(test)]
mod tests;
