//! Rows, values and definitions that are gone once the plan has run.

use std::collections::BTreeSet;

use crate::kind::facts::Facts;
use crate::kind::statement::Hazard;
use crate::kind::{Body, Key, Site};
use crate::lint::{Context, Finding};
use crate::plan::action::Verb;

/// Drops and replacements of what holds rows or values, of schemas and types; removed values of enums; and what a
/// statement says of itself.
pub fn find(context: &Context) -> Vec<Finding> {
    let mut found = Vec::new();
    let dropped: BTreeSet<&Key> =
        context.plan.steps.iter().filter(|step| step.verb == Verb::Drop).flat_map(|step| &step.with).collect();
    for key in &dropped {
        // A column goes with its table, and the table says so.
        if key.on().is_none_or(|on| !dropped.contains(on)) {
            found.extend(drop(context, key));
        }
    }
    for step in &context.plan.steps {
        for hazard in &step.hazards {
            if let Hazard::LosesData(because) = hazard {
                found.push(finding("loses-data", &step.key, because.clone()));
            }
        }
    }
    found.extend(context.live.iter().flat_map(|(key, body)| removed_labels(key, body, context.desired)));
    found
}

fn drop(context: &Context, key: &Key) -> Option<Finding> {
    let body = context.live.get(key)?;
    let at = Site { key, here: context.live, there: context.desired, absorbed: &BTreeSet::new() };
    let label = key.label().replace(' ', "-");
    let loses = body.loses(&at).map(|what| format!("{what} are lost"));
    if context.desired.contains(key) {
        // What is dropped and made anew only matters where it holds something.
        return Some(finding(&format!("replace-{label}"), key, format!("{key} is dropped and made anew: {}", loses?)));
    }
    let defines = matches!(
        key,
        Key::Schema(_) | Key::Enum(_) | Key::Domain(_) | Key::Composite(_) | Key::Range(_) | Key::Extension(_)
    );
    let says = match loses {
        Some(loses) => format!("{key} is dropped: {loses}"),
        None if defines => format!("{key} is dropped"),
        None => return None,
    };
    Some(finding(&format!("drop-{label}"), key, says))
}

fn removed_labels(key: &Key, live: &Body, desired: &Facts) -> Vec<Finding> {
    let (Body::Enum(live), Some(Body::Enum(desired))) = (live, desired.get(key)) else { return Vec::new() };
    let gone = live.labels.iter().filter(|label| !desired.labels.contains(label));
    gone.map(|label| Finding {
        object: format!("{}.{label}", key.sql()),
        ..finding(
            "drop-enum-value",
            key,
            format!("value `{label}` of {key} is removed: rows that have it cannot be converted"),
        )
    })
    .collect()
}

fn finding(code: &str, key: &Key, says: String) -> Finding {
    Finding { code: code.to_owned(), object: key.sql(), says, advice: None, allowed: false }
}
