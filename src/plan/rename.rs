//! Renames, exactly: on the scratch database in the desired state every declared rename is undone, and the result is
//! read back. What is compared with the live state then has the old names everywhere, in view definitions and
//! expressions too, because Postgres put them there. The plan does its work under the old names and renames last.
//!
//! Names may be exchanged, or an old name taken by something new; such a fact goes by way of a temporary name.

mod turn;

use std::collections::{BTreeMap, BTreeSet};

use crate::base::name::{Ident, literal};
use crate::kind::facts::Facts;
use crate::kind::key::Global;
use crate::kind::statement::Statement;
use crate::kind::{Body, Key, Site, Slot};
use crate::plan::Plan;
use crate::plan::action::{Part, Verb};
use crate::plan::rename::turn::in_turn;
use crate::plan::step::Step;
use crate::sql::directive::After;

/// One declared rename: the fact's key in the desired state and the one it had.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rename {
    pub to: Key,
    pub from: Key,
    /// For a label of an enum: (its name, the name it had); the keys are then both the type's.
    pub label: Option<(String, String)>,
    /// How long the old name can be used as well.
    pub keep: Option<After>,
}

/// One rename as it is run, in the direction of the up.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Move {
    from: Key,
    to: Key,
    label: Option<(String, String)>,
    /// For an extension that changes its schema: (that of the desired state, that of the live one).
    schema: Option<(Ident, Ident)>,
}

/// The renames in the order of the up, by way of temporary names where needed.
#[derive(Clone, Debug, Default)]
pub struct Renames {
    moves: Vec<Move>,
}

impl Renames {
    /// Those of the declared renames that are still to be done: the live state has the old key and not the new one.
    pub fn pending(declared: &[Rename], live: &Facts, desired: &Facts) -> Self {
        // Up: the schema before the table before the column, so that each is named by what is above it already.
        let mut declared: Vec<&Rename> = declared.iter().collect();
        declared.sort_by_key(|rename| (depth(&rename.to), rename.to.clone()));
        let mut due: Vec<Rename> = Vec::new();
        for rename in &declared {
            // What stands on something that is renamed too has the old name of that still.
            let (from, to) = (under(&rename.from, &due), under(&rename.to, &due));
            let open = match &rename.label {
                Some((to, old)) => {
                    let of_type = |other: &&&Rename| other.to == rename.to;
                    let mut others = declared.iter().filter(of_type).filter_map(|other| other.label.as_ref());
                    let swapped = others.any(|(_, old)| old == to);
                    has_label(live, &from, old) && (swapped || !has_label(live, &from, to))
                }
                None => {
                    let swapped = declared.iter().any(|other| other.from == rename.to);
                    live.contains(&from) && (swapped || !live.contains(&to))
                }
            };
            due.extend(open.then(|| (*rename).clone()));
        }
        let due =
            due.into_iter().map(|Rename { to, from, label, .. }| Move { from, to, label, schema: None }).collect();
        let mut moves = in_turn(with_occupants(due, desired), desired);
        moves.extend(moved_extensions(live, desired));
        Self { moves }
    }

    pub fn is_empty(&self) -> bool {
        self.moves.is_empty()
    }

    /// The statements that undo the renames on a database in the desired state.
    pub fn undo(&self, desired: &Facts) -> Vec<Step> {
        self.moves.iter().rev().flat_map(|step| steps(desired, step, &step.to, &step.from, true)).collect()
    }

    /// The statements that do them.
    pub fn redo(&self, desired: &Facts) -> Vec<Step> {
        self.moves.iter().flat_map(|step| steps(desired, step, &step.from, &step.to, false)).collect()
    }
}

/// The moves, and those of what has a name in the desired state that one of them gives up: it is out of the way while
/// they are undone.
fn with_occupants(mut moves: Vec<Move>, desired: &Facts) -> Vec<Move> {
    if moves.is_empty() {
        return moves;
    }
    let mut holders: BTreeMap<Slot, &Key> = BTreeMap::new();
    for (key, body) in desired.iter() {
        holders.extend(body.slots(&site(key, desired)).into_iter().map(|slot| (slot, key)));
    }
    let renamed: BTreeSet<&Key> = moves.iter().filter(|step| step.label.is_none()).map(|step| &step.to).collect();
    let mut found: BTreeSet<&Key> = BTreeSet::new();
    for step in moves.iter().filter(|step| step.label.is_none()) {
        let given = desired_body(desired, step).map(|body| body.slots(&site(&step.from, desired))).unwrap_or_default();
        let same = desired.contains(&step.from).then_some(&step.from);
        found.extend(given.iter().filter_map(|slot| holders.get(slot).copied()).chain(same));
    }
    let arriving = found.difference(&renamed).map(|key| Move {
        from: temporary(key, "arriving"),
        to: (*key).clone(),
        label: None,
        schema: None,
    });
    let arriving: Vec<Move> = arriving.collect();
    moves.extend(arriving);
    moves
}

/// The one plan and then the other; where each is a single transaction, they are one.
pub fn joined(first: Plan, then: Plan) -> Plan {
    let last = first.steps.last().map_or(0, |step| step.group);
    let whole = |plan: &Plan| plan.steps.iter().all(|step| step.group == 0 && !step.outside);
    let next = if first.is_empty() || whole(&first) && whole(&then) { last } else { last + 1 };
    let mut steps = first.steps;
    steps.extend(then.steps.into_iter().map(|step| Step { group: step.group + next, ..step }));
    Plan { steps }
}

fn steps(desired: &Facts, step: &Move, from: &Key, to: &Key, undo: bool) -> Vec<Step> {
    let statements = match (&step.label, &step.schema) {
        (_, Some((new, old))) => {
            let schema = if undo { old } else { new };
            vec![Statement::new(format!("ALTER EXTENSION {} SET SCHEMA {schema}", to.sql()))]
        }
        (Some((new, old)), None) => {
            let (was, becomes) = if undo { (new, old) } else { (old, new) };
            let sql = format!("ALTER TYPE {} RENAME VALUE {} TO {}", step.to.sql(), literal(was), literal(becomes));
            vec![Statement::new(sql)]
        }
        (None, None) => desired_body(desired, step).map(|body| statements(body, desired, from, to)).unwrap_or_default(),
    };
    statements
        .into_iter()
        .map(|statement| Step {
            verb: Verb::Rename,
            key: step.to.clone(),
            with: vec![step.to.clone()],
            sql: statement.sql,
            hazards: statement.hazards,
            reason: called(step),
            group: 0,
            outside: false,
            effects: None,
            part: Part::Whole,
        })
        .collect()
}

/// Why there is a rename; none for what only moves.
fn called(step: &Move) -> Option<String> {
    match (&step.label, &step.schema) {
        (Some((new, old)), _) => Some(format!("value {} was called {}", literal(new), literal(old))),
        (None, Some(_)) => None,
        (None, None) => Some(format!("it was called {}", Ident::new(step.from.name()))),
    }
}

/// Extensions in another schema than before. Moving one changes the name of every type of it, so like a rename it is
/// undone before anything is compared. The old schema has to be there still.
fn moved_extensions(live: &Facts, desired: &Facts) -> Vec<Move> {
    let moved = |key: &Key, to: &Body| {
        let (Some(Body::Extension(from)), Body::Extension(to)) = (live.get(key), to) else { return None };
        let there = desired.keys().any(|key| matches!(key, Key::Schema(_)) && key.name() == from.schema.as_str());
        let differs = from.schema != to.schema && from.relocatable.0 && there;
        differs.then(|| (to.schema.clone(), from.schema.clone()))
    };
    desired
        .iter()
        .filter_map(|(key, body)| Some((key, moved(key, body)?)))
        .map(|(key, schema)| Move { from: key.clone(), to: key.clone(), label: None, schema: Some(schema) })
        .collect()
}

/// The body of what is renamed, found under any of the names it has on the way.
fn desired_body<'a>(desired: &'a Facts, step: &Move) -> Option<&'a Body> {
    desired.get(&step.to).or_else(|| desired.get(&settled(&step.to))).or_else(|| desired.get(&settled(&step.from)))
}

fn settled(key: &Key) -> Key {
    let name = key.name();
    let bare = ["__arriving", "__moving"].iter().find_map(|suffix| name.strip_suffix(suffix)).unwrap_or(name);
    key.renamed(bare)
}

fn statements(body: &Body, desired: &Facts, from: &Key, to: &Key) -> Vec<Statement> {
    body.rename(&site(from, desired), to)
}

fn site<'a>(key: &'a Key, desired: &'a Facts) -> Site<'a> {
    static NOTHING: BTreeSet<Key> = BTreeSet::new();
    Site { key, here: desired, there: desired, absorbed: &NOTHING }
}

/// The key with the names that what it stands on has before these renames.
fn under(key: &Key, renames: &[Rename]) -> Key {
    let before = |key: &Key| {
        let rename = renames.iter().find(|rename| rename.label.is_none() && rename.to == *key);
        under(rename.map_or(key, |rename| &rename.from), renames)
    };
    if let Some(on) = key.on() {
        return key.rebased(before(on));
    }
    let schema = key.schema().filter(|_| !matches!(key, Key::Schema(_)));
    let home = schema.map(|schema| before(&Key::Schema(Global { name: schema.clone() })));
    home.map_or_else(|| key.clone(), |home| key.moved(home.name()))
}

fn temporary(key: &Key, suffix: &str) -> Key {
    let name: String = key.name().chars().take(40).collect();
    key.renamed(&format!("{name}__{suffix}"))
}

fn depth(key: &Key) -> usize {
    match key {
        Key::Schema(_) => 0,
        _ => 1 + std::iter::successors(key.on(), |key| key.on()).count(),
    }
}

fn has_label(facts: &Facts, key: &Key, label: &str) -> bool {
    matches!(facts.get(key), Some(Body::Enum(body)) if body.labels.iter().any(|l| l == label))
}
