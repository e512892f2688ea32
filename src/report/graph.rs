//! The objects of a schema, or those that a plan touches, and what each needs directly.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::edges::Edges;
use crate::kind::Key;
use crate::kind::facts::Facts;
use crate::plan::Plan;
use crate::plan::action::Verb;
use crate::script::home::object;

/// Objects by what they are called, with what each needs.
pub type Graph = BTreeMap<String, BTreeSet<String>>;

/// The objects that have a name here, and what they need directly. What belongs to an object counts as it.
pub fn graph(sides: &[(&Facts, &Edges)], name: impl Fn(&Key) -> Option<String>) -> Graph {
    let mut graph = Graph::new();
    for (facts, _) in sides {
        for key in facts.keys().filter(|key| key.on().is_none() && object(key, facts) == **key) {
            graph.extend(name(key).map(|name| (name, BTreeSet::new())));
        }
    }
    for (facts, edges) in sides {
        for (user, used) in edges.iter() {
            let (user, used) = (object(user, facts), object(used, facts));
            if user != used
                && let (Some(user), Some(used)) = (name(&user), name(&used))
                && graph.contains_key(&used)
                && let Some(needs) = graph.get_mut(&user)
            {
                needs.insert(used);
            }
        }
    }
    graph
}

/// The object that a step of a plan is about.
pub fn whole(key: &Key, from: &Facts, to: &Facts) -> Key {
    object(key, if to.contains(key.root()) { to } else { from })
}

/// What a plan does to each object, by a sign: `+` made, `~` changed, `-` dropped, `±` dropped and made anew.
pub fn signs(plan: &Plan, from: &Facts, to: &Facts) -> BTreeMap<Key, &'static str> {
    let mut verbs: BTreeMap<Key, BTreeSet<Verb>> = BTreeMap::new();
    for step in &plan.steps {
        let whole = whole(&step.key, from, to);
        // What happens to a part is a change of the whole.
        let verb = if step.key == whole { step.verb } else { Verb::Alter };
        verbs.entry(whole).or_default().insert(verb);
    }
    let sign = |verbs: BTreeSet<Verb>| match (verbs.contains(&Verb::Create), verbs.contains(&Verb::Drop)) {
        (true, true) => "±",
        (true, false) => "+",
        (false, true) => "-",
        (false, false) => "~",
    };
    verbs.into_iter().map(|(key, verbs)| (key, sign(verbs))).collect()
}
