//! A drop and an add that look like one thing under another name.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::kind::facts::Facts;
use crate::kind::{Body, Key};
use crate::lint::{Context, Finding};
use crate::plan::action::Verb;

/// A pair is likely when both hold something, are of one kind in one place, say the same, and no third one does. What
/// stands on a table counts as what the table says.
pub fn find(context: &Context) -> Vec<Finding> {
    let gone = only(context, Verb::Drop, context.live, context.desired);
    let come = only(context, Verb::Create, context.desired, context.live);
    let mut likely = Vec::new();
    for (saying, from) in &gone {
        if let ([from], Some([to])) = (from.as_slice(), come.get(saying).map(Vec::as_slice)) {
            likely.push(finding(from, to));
        }
    }
    likely
}

/// What is on one side only, by what it says apart from its name.
fn only<'a>(context: &'a Context, verb: Verb, here: &Facts, there: &Facts) -> BTreeMap<String, Vec<&'a Key>> {
    let steps = context.plan.steps.iter().filter(|step| step.verb == verb);
    let keys: BTreeSet<&Key> = steps.flat_map(|step| &step.with).filter(|key| !there.contains(key)).collect();
    let mut by_saying: BTreeMap<String, Vec<&Key>> = BTreeMap::new();
    for key in &keys {
        let whole = key.on().is_none_or(|on| !keys.contains(on));
        let rows = matches!(key, Key::Table(_) | Key::Column(_));
        if whole && rows {
            by_saying.entry(saying(key, here)).or_default().push(key);
        }
    }
    by_saying
}

/// The kind and place of a fact, its body, and those of the columns that stand on it.
fn saying(key: &Key, facts: &Facts) -> String {
    let place = match key.on() {
        Some(on) => on.sql(),
        None => key.schema().map(ToString::to_string).unwrap_or_default(),
    };
    let body = |body: &Body| serde_json::to_value(body).unwrap_or(Value::Null).to_string();
    let own = facts.get(key).map(body).unwrap_or_default();
    let columns = facts.standing_on(key).filter(|(key, _)| matches!(key, Key::Column(_)));
    let columns: Vec<String> = columns.map(|(key, column)| format!("{} {}", key.name(), body(column))).collect();
    format!("{} in {place}: {own} ({})", key.label(), columns.join(", "))
}

fn finding(from: &Key, to: &Key) -> Finding {
    Finding {
        code: "undeclared-rename".to_owned(),
        object: to.sql(),
        says: format!("{from} goes and {to} comes, and the two say the same"),
        advice: Some(format!("if it is a rename, write `-- pgplumb: renamed from {}` above it", from.name())),
        allowed: false,
    }
}
