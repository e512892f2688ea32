//! What a plan destroys, and so how good its down is: structure always comes back, rows and values may not.

pub mod back;
pub mod beside;
pub mod narrowing;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use crate::base::name::without_public;
use crate::grade::narrowing::Types;
use crate::kind::facts::Facts;
use crate::kind::statement::Hazard;
use crate::kind::{Body, Key, Site};
use crate::plan::Plan;
use crate::plan::action::Verb;
use crate::plan::step::Step;

/// How much of the state before the up the down brings back. One that was planned brings back all of its structure,
/// because it was run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case", tag = "grade", content = "because")]
pub enum Grade {
    Lossless,
    /// The structure comes back; what is named does not.
    Lossy(Vec<String>),
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lossless => "lossless",
            Self::Lossy(_) => "lossy",
        })
    }
}

impl Grade {
    /// Of the down of a plan with these losses. `seen` is what was found missing when rows were taken up and down.
    pub fn of(losses: &[Loss], seen: &[String]) -> Self {
        let mut gone: Vec<String> = losses.iter().map(|loss| loss.what.clone()).collect();
        let unforeseen = seen.iter().map(|column| format!("the values of column {}", without_public(column)));
        for what in unforeseen {
            if !gone.iter().any(|known| known.starts_with(&what)) {
                gone.push(what);
            }
        }
        if gone.is_empty() { Self::Lossless } else { Self::Lossy(gone) }
    }
}

/// Why something is lost.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Cause {
    Dropped,
    /// Dropped and created again; says why.
    Replaced(String),
    /// A column or attribute gets a type that cannot hold all its values.
    Narrowed {
        from: String,
        to: String,
    },
    /// A label of an enum is taken away.
    Label(String),
    /// A statement says so itself.
    Said,
}

/// Rows or values that are gone once a plan has run.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Loss {
    pub key: Key,
    pub cause: Cause,
    /// `the rows of orders`.
    pub what: String,
}

/// Everything that the plan destroys, by key. `desired` holds the names that the plan works with: those from before
/// its renames.
pub fn losses(plan: &Plan, live: &Facts, desired: &Facts) -> Vec<Loss> {
    let reasons = replacements(plan);
    let mut found: Vec<Loss> = plan.steps.iter().flat_map(|step| dropped(step, live, desired, &reasons)).collect();
    let altered: BTreeSet<&Key> =
        plan.steps.iter().filter(|step| step.verb == Verb::Alter).flat_map(|step| &step.with).collect();
    let types = Types::of(desired);
    for key in altered {
        found.extend(narrowed(key, live, desired, &types));
    }
    found.extend(live.iter().flat_map(|(key, body)| labels(key, body, desired)));
    found.extend(plan.steps.iter().flat_map(said));
    found.sort();
    found.dedup();
    found
}

/// Why facts are dropped and created again, for all that are.
fn replacements(plan: &Plan) -> BTreeMap<&Key, &str> {
    let made = plan.steps.iter().filter(|step| step.verb == Verb::Create);
    made.flat_map(|step| step.with.iter().map(|key| (key, step.reason.as_deref().unwrap_or_default()))).collect()
}

/// What a DROP takes along. Where the dropped object itself holds rows, they stand for all that goes with it.
fn dropped(step: &Step, live: &Facts, desired: &Facts, reasons: &BTreeMap<&Key, &str>) -> Vec<Loss> {
    if step.verb != Verb::Drop {
        return Vec::new();
    }
    let nothing = BTreeSet::new();
    let loses = |key: &Key| {
        let at = Site { key, here: live, there: desired, absorbed: &nothing };
        live.get(key)?.loses(&at)
    };
    let loss = |key: &Key| {
        let cause = reasons.get(key).map_or(Cause::Dropped, |reason| Cause::Replaced((*reason).to_owned()));
        Some(Loss { key: key.clone(), cause, what: without_public(&loses(key)?) })
    };
    match loss(&step.key) {
        Some(whole) => vec![whole],
        // A partitioned table: the values of its columns are in its partitions, like its rows.
        None if matches!(step.key, Key::Table(_)) => Vec::new(),
        None => step.with.iter().filter_map(loss).collect(),
    }
}

fn narrowed(key: &Key, live: &Facts, desired: &Facts, types: &Types) -> Option<Loss> {
    let (from, to) = match (live.get(key)?, desired.get(key)?) {
        (Body::Column(from), Body::Column(to))
            if from.generated.is_none() && !inherited(from.inherited.0, from.local.0) =>
        {
            (&from.type_name, &to.type_name)
        }
        (Body::Attribute(from), Body::Attribute(to)) => (&from.type_name, &to.type_name),
        (Body::Domain(from), Body::Domain(to)) => (&from.base_type, &to.base_type),
        _ => return None,
    };
    if from == to || types.holds_all(from, to) {
        return None;
    }
    let (from, to) = (without_public(from), without_public(to));
    let what = format!("the values of {} that do not fit {to}", without_public(&key.to_string()));
    Some(Loss { key: key.clone(), cause: Cause::Narrowed { from, to }, what })
}

/// Whether a column comes from a parent only, whose own loss stands for it.
fn inherited(inherited: bool, local: bool) -> bool {
    inherited && !local
}

fn labels(key: &Key, live: &Body, desired: &Facts) -> Vec<Loss> {
    let (Body::Enum(live), Some(Body::Enum(desired))) = (live, desired.get(key)) else { return Vec::new() };
    let gone = live.labels.iter().filter(|label| !desired.labels.contains(label));
    gone.map(|label| Loss {
        key: key.clone(),
        cause: Cause::Label(label.clone()),
        what: format!("the value '{label}' of {}", without_public(&key.to_string())),
    })
    .collect()
}

fn said(step: &Step) -> Vec<Loss> {
    let because = step.hazards.iter().filter_map(|hazard| match hazard {
        Hazard::LosesData(because) => Some(without_public(because)),
        _ => None,
    });
    because.map(|what| Loss { key: step.key.clone(), cause: Cause::Said, what }).collect()
}

#[cfg(test)]
mod tests;
