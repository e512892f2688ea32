//! Which drop could be which add.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use similar::TextDiff;

use crate::kind::facts::Facts;
use crate::kind::{Body, Key, Site};
use crate::lint::Input;

/// Out of a thousand: how much of a table must be in the other.
const MOST: usize = 600;
/// Out of a thousand: how alike names must be where they are all that there is to compare.
const ALIKE: usize = 600;

/// Two facts that may be one.
pub struct Pair {
    pub from: Key,
    pub to: Key,
}

/// The best pairs, each fact in one at most.
pub fn pairs(input: &Input) -> Vec<Pair> {
    let gone = only(input.live, input.desired);
    let come = only(input.desired, input.live);
    let mut scored = Vec::new();
    for (place, from) in &gone {
        for from in from {
            for to in come.get(place).into_iter().flatten() {
                if let Some(score) = score(input, from, to) {
                    scored.push((Reverse(score), (*from).clone(), (*to).clone()));
                }
            }
        }
    }
    scored.sort();
    let mut taken = BTreeSet::new();
    let mut pairs = Vec::new();
    for (_, from, to) in scored {
        if !taken.contains(&from) && !taken.contains(&to) {
            taken.extend([from.clone(), to.clone()]);
            pairs.push(Pair { from, to });
        }
    }
    pairs
}

/// What is in one state only, while what it stands on is in both: by kind and place. A table may move to another
/// schema under its name, so tables are all in one place.
fn only<'a>(here: &'a Facts, there: &Facts) -> BTreeMap<(usize, Option<Key>), Vec<&'a Key>> {
    let mut found: BTreeMap<_, Vec<&Key>> = BTreeMap::new();
    let renameable = |key: &&Key| !key.name().is_empty() && !there.contains(key);
    for key in here.keys().filter(renameable) {
        let stays = key.on().is_none_or(|on| there.contains(on));
        if stays && can_rename(key, here) {
            found.entry((key.rank(), key.on().cloned())).or_default().push(key);
        }
    }
    found
}

fn can_rename(key: &Key, facts: &Facts) -> bool {
    let nothing = BTreeSet::new();
    let at = Site { key, here: facts, there: facts, absorbed: &nothing };
    facts.get(key).is_some_and(|body| !body.rename(&at, &key.renamed(&format!("{}_", key.name()))).is_empty())
}

/// How much speaks for it, out of a thousand and more; none when nothing does.
fn score(input: &Input, from: &Key, to: &Key) -> Option<usize> {
    let names = alike(from.name(), to.name());
    let moved = from.on().is_none() && from.schema() != to.schema();
    if moved && from.name() != to.name() {
        return None;
    }
    match (input.live.get(from)?, input.desired.get(to)?) {
        (Body::Column(old), Body::Column(new)) => {
            let same = usize::from(old == new) * 1000;
            (old.type_name == new.type_name && old.generated == new.generated).then_some(same + names)
        }
        (Body::Table(_), Body::Table(_)) => {
            let share = share(&columns(input.live, from), &columns(input.desired, to))?;
            (share >= MOST).then_some(share + names)
        }
        (Body::Schema(_), Body::Schema(_)) => {
            let share = share(&members(input.live, from), &members(input.desired, to))?;
            (share >= MOST).then_some(share + names)
        }
        (Body::Sequence(old), Body::Sequence(new)) => (old == new && names >= ALIKE).then_some(names),
        (Body::Enum(old), Body::Enum(new)) => {
            let share = share(&old.labels.iter().cloned().collect(), &new.labels.iter().cloned().collect())?;
            (share >= MOST).then_some(share + names)
        }
        (old, new) => (said(old, from.name(), to.name())? == said(new, to.name(), to.name())?).then_some(names),
    }
}

/// The body with its own name, which a definition repeats, exchanged.
fn said(body: &Body, name: &str, by: &str) -> Option<String> {
    let text = serde_json::to_string(body).ok()?;
    // A body that says nothing is no sign.
    text.contains(':').then(|| text.replace(name, by))
}

fn alike(a: &str, b: &str) -> usize {
    // A ratio is between nought and one.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000")]
    let thousandths = (TextDiff::from_chars(a, b).ratio() * 1000.0) as usize;
    thousandths
}

/// What both have, out of a thousand of the larger; none when both are empty.
fn share(a: &BTreeSet<String>, b: &BTreeSet<String>) -> Option<usize> {
    (a.intersection(b).count() * 1000).checked_div(a.len().max(b.len()))
}

fn columns(facts: &Facts, table: &Key) -> BTreeSet<String> {
    let column = |(key, body): (&Key, &Body)| match body {
        Body::Column(column) => Some(format!("{} {}", key.name(), column.type_name)),
        _ => None,
    };
    facts.standing_on(table).filter_map(column).collect()
}

/// Everything named in a schema, by kind and name.
fn members(facts: &Facts, schema: &Key) -> BTreeSet<String> {
    let inside = |key: &&Key| key.on().is_none() && key.schema().is_some_and(|of| of.as_str() == schema.name());
    facts.keys().filter(inside).map(|key| format!("{} {}", key.label(), key.name())).collect()
}

/// Labels of enums that stand where another one stood.
pub fn labels(input: &Input) -> Vec<(Key, String, String)> {
    let mut found = Vec::new();
    for (key, live) in input.live.iter() {
        let (Body::Enum(live), Some(Body::Enum(desired))) = (live, input.desired.get(key)) else { continue };
        if live.labels.len() == desired.labels.len() {
            let both = live.labels.iter().zip(&desired.labels);
            let other = both.filter(|(old, new)| !desired.labels.contains(old) && !live.labels.contains(new));
            found.extend(other.map(|(old, new)| (key.clone(), old.clone(), new.clone())));
        }
    }
    found
}
