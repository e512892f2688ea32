//! The rules, a file each. The stem of the file is the code.

pub mod allowance_unused;
pub mod down_irreversible;
pub mod down_lossy;
pub mod drop_column;
pub mod drop_schema;
pub mod drop_sequence;
pub mod drop_table;
pub mod drop_type;
pub mod enum_value_removed;
pub mod grants_undeclared;
pub mod likely_rename;
pub mod loses_data;
pub mod not_managed;
pub mod type_narrowing;

use std::collections::BTreeSet;

use crate::base::name::without_public;
use crate::grade::{Cause, Loss};
use crate::kind::Key;
use crate::lint::{Finding, Input};
use crate::plan::action::Verb;

/// What a rule is, and how it finds.
pub struct Rule {
    /// `drop-column`: what `--allow` takes.
    pub code: &'static str,
    pub title: &'static str,
    /// The harm, for someone who never met it.
    pub why: &'static str,
    /// What to do instead of allowing it.
    pub remedy: &'static str,
    pub check: fn(&Input) -> Vec<Finding>,
}

/// All rules, by code.
pub const RULES: &[Rule] = &[
    allowance_unused::RULE,
    down_irreversible::RULE,
    down_lossy::RULE,
    drop_column::RULE,
    drop_schema::RULE,
    drop_sequence::RULE,
    drop_table::RULE,
    drop_type::RULE,
    enum_value_removed::RULE,
    grants_undeclared::RULE,
    likely_rename::RULE,
    loses_data::RULE,
    not_managed::RULE,
    type_narrowing::RULE,
];

/// A finding for each dropped or replaced fact of some kinds that takes rows or values along.
fn lost(input: &Input, code: &'static str, kinds: fn(&Key) -> bool) -> Vec<Finding> {
    input.losses.iter().filter(|loss| kinds(&loss.key)).filter_map(|loss| gone(loss, code)).collect()
}

fn gone(loss: &Loss, code: &'static str) -> Option<Finding> {
    let name = without_public(&loss.key.to_string());
    let message = match &loss.cause {
        Cause::Dropped => format!("{name} is dropped: {} are lost", loss.what),
        Cause::Replaced(why) => {
            let why = if why.is_empty() { String::new() } else { format!(" because {}", without_public(why)) };
            format!("{name} is dropped and created again{why}: {} are lost", loss.what)
        }
        _ => return None,
    };
    Some(Finding::about(code, &loss.key, message))
}

/// The facts of some kinds that the plan drops for good.
fn dropped<'a>(input: &'a Input, kinds: fn(&Key) -> bool) -> BTreeSet<&'a Key> {
    let of = |verb: Verb| input.up.steps.iter().filter(move |step| step.verb == verb).flat_map(|step| &step.with);
    let created: BTreeSet<&Key> = of(Verb::Create).collect();
    of(Verb::Drop).filter(|key| kinds(key) && !created.contains(key)).collect()
}
