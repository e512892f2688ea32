//! The changed facts as a reviewer wants them: by object, what lives in one below it, and what follows counted.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::name::{Ident, without_public};
use crate::base::wording::counted;
use crate::diff::{Difference, diff};
use crate::kind::Key;
use crate::kind::facts::Facts;
use crate::plan::action::Verb;
use crate::report::Report;
use crate::report::detail::{changed, whole};
use crate::script::comment::is_restored;
use crate::script::home::home;

/// What became of a fact.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sign {
    Added,
    Removed,
    Changed,
}

impl Sign {
    pub fn letter(self) -> char {
        match self {
            Self::Added => '+',
            Self::Removed => '-',
            Self::Changed => '~',
        }
    }
}

/// A changed fact, or one in which something changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Node {
    pub sign: Sign,
    pub label: &'static str,
    /// Empty for what has no name of its own.
    pub name: String,
    pub detail: String,
    /// The texts before and after, to be shown as a diff.
    pub texts: Option<(String, String)>,
    pub below: Vec<Node>,
}

/// The changed facts of a report; renamed ones are on their own.
pub fn tree(report: &Report) -> Vec<Node> {
    let differences = diff(report.live_facts, report.desired_facts);
    let replaced = replaced(report);
    let mut builder =
        Builder { report, replaced, changes: BTreeMap::new(), below: BTreeMap::new(), tops: BTreeSet::new() };
    for difference in differences {
        builder.take(difference);
    }
    let tops: Vec<Key> = builder.tops.iter().cloned().collect();
    tops.iter().filter_map(|key| builder.node(key, true)).chain(renamed(report)).collect()
}

/// Why facts are replaced that are not merely restored.
fn replaced<'a>(report: &Report<'a>) -> BTreeMap<&'a Key, &'a str> {
    let steps = report.up.steps.iter().filter(|step| step.verb == Verb::Create);
    let reason = |step: &'a crate::plan::step::Step| Some((&step.key, step.reason.as_deref()?));
    steps.filter_map(reason).filter(|(_, reason)| !is_restored(reason)).collect()
}

fn renamed(report: &Report) -> Vec<Node> {
    let mut steps: Vec<_> = report.up.steps.iter().filter(|step| step.verb == Verb::Rename).collect();
    steps.dedup_by(|a, b| a.key == b.key);
    steps
        .into_iter()
        .map(|step| Node {
            sign: Sign::Changed,
            label: step.key.label(),
            name: without_public(&step.key.sql()),
            detail: step.reason.clone().map(|reason| format!("renamed: {reason}")).unwrap_or_default(),
            texts: None,
            below: Vec::new(),
        })
        .collect()
}

struct Builder<'a> {
    report: &'a Report<'a>,
    replaced: BTreeMap<&'a Key, &'a str>,
    changes: BTreeMap<Key, Difference<'a>>,
    below: BTreeMap<Key, BTreeSet<Key>>,
    tops: BTreeSet<Key>,
}

impl<'a> Builder<'a> {
    fn take(&mut self, difference: Difference<'a>) {
        let facts = if difference.to.is_some() { self.report.desired_facts } else { self.report.live_facts };
        let mut at = difference.key.clone();
        self.changes.insert(at.clone(), difference);
        let mut seen = BTreeSet::new();
        while seen.insert(at.clone())
            && let Some(on) = home(&at, facts)
        {
            self.below.entry(on.clone()).or_default().insert(at);
            at = on;
        }
        self.tops.insert(at);
    }

    fn node(&self, key: &Key, top: bool) -> Option<Node> {
        let change = self.changes.get(key);
        let sign = match change.map(|change| (change.from, change.to)) {
            Some((None, _)) => Sign::Added,
            Some((_, None)) => Sign::Removed,
            _ => Sign::Changed,
        };
        let (mut detail, mut texts) = (String::new(), None);
        match (sign, change) {
            (Sign::Added, _) => detail = self.summary(key, self.report.desired_facts),
            (Sign::Removed, _) => detail = self.summary(key, self.report.live_facts),
            (Sign::Changed, Some(Difference { from: Some(from), to: Some(to), .. })) => {
                let found = changed(from, to);
                (detail, texts) = (found.line, found.texts);
            }
            _ => {}
        }
        if let Some(reason) = self.replaced.get(key).filter(|_| sign == Sign::Changed) {
            let gap = if detail.is_empty() { "" } else { "; " };
            detail = format!("{detail}{gap}replaced: {}", without_public(reason));
        }
        let below = if sign == Sign::Changed {
            self.below.get(key).into_iter().flatten().filter_map(|key| self.node(key, false)).collect()
        } else {
            Vec::new()
        };
        let silent = sign == Sign::Changed && detail.is_empty() && texts.is_none() && below.is_empty();
        let name = match key.name() {
            "" => String::new(),
            _ if top => without_public(&key.sql()),
            name => Ident::new(name).to_string(),
        };
        (!silent).then_some(Node { sign, label: key.label(), name, detail, texts, below })
    }

    /// What a new or dropped fact says, and how much there is in it.
    fn summary(&self, key: &Key, facts: &Facts) -> String {
        let own = whole(key, facts);
        if key.on().is_some() || !own.is_empty() {
            return own;
        }
        let mut counts: BTreeMap<usize, (&str, usize)> = BTreeMap::new();
        let named = |key: &&Key| !key.name().is_empty();
        for inside in self.below.get(key).into_iter().flatten().filter(named) {
            counts.entry(inside.rank()).or_insert((inside.label(), 0)).1 += 1;
        }
        counts.values().map(|(label, count)| counted(*count, label)).collect::<Vec<_>>().join(", ")
    }
}

/// What is dropped and created only because of what it stands on: `3 views, 2 privileges`.
pub fn restored(report: &Report) -> Vec<(&'static str, usize)> {
    let keys = |verb: Verb| -> BTreeSet<&Key> {
        report.up.steps.iter().filter(|step| step.verb == verb).flat_map(|step| &step.with).collect()
    };
    let (gone, come) = (keys(Verb::Drop), keys(Verb::Create));
    let differs = |key: &Key| report.live_facts.get(key) != report.desired_facts.get(key);
    let mut counts: BTreeMap<usize, (&'static str, usize)> = BTreeMap::new();
    for key in gone.intersection(&come).filter(|key| !differs(key)) {
        counts.entry(key.rank()).or_insert((key.label(), 0)).1 += 1;
    }
    counts.into_values().collect()
}
