//! Joins what a person would have written as one statement, where no dependency crosses.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::kind::Key;
use crate::plan::action::{Action, Verb};
use crate::plan::build::{Actions, Builder};

/// The actions in this sequence, with constraints folded into the CREATE of what they stand on when everything that
/// they wait for comes before it anyway.
pub fn fold(builder: &Builder, actions: Actions, graph: &DiGraph<(), ()>, sequence: Vec<usize>) -> Vec<Action> {
    let mut place = vec![0; sequence.len()];
    for (position, index) in sequence.iter().enumerate() {
        place[*index] = position;
    }
    let mut folded: BTreeMap<usize, usize> = BTreeMap::new();
    let mut riders: BTreeMap<usize, BTreeSet<Key>> = BTreeMap::new();
    for index in &sequence {
        let Some(target) = target(builder, &actions, *index) else { continue };
        let free = graph.neighbors_directed(NodeIndex::new(*index), Direction::Incoming).all(|before| {
            let before = before.index();
            before == target || place[before] < place[target] || folded.get(&before) == Some(&target)
        });
        if free {
            folded.insert(*index, target);
            riders.entry(target).or_default().extend(actions.all[*index].with.iter().cloned());
        }
    }
    let mut result = Vec::with_capacity(sequence.len());
    for index in sequence {
        if folded.contains_key(&index) {
            continue;
        }
        let mut action = actions.all[index].clone();
        if let Some(more) = riders.remove(&index) {
            action.with.extend(more);
            action.statements = builder.create_statements(&action.key, &action.with);
        }
        result.push(action);
    }
    joined(result)
}

/// Type changes of one table that stand together in one statement: it rewrites the table once, not for each.
fn joined(actions: Vec<Action>) -> Vec<Action> {
    let mut result: Vec<Action> = Vec::with_capacity(actions.len());
    for action in actions {
        match result.last_mut() {
            Some(last) if same_table(last, &action) => join(last, action),
            _ => result.push(action),
        }
    }
    result
}

fn same_table(one: &Action, other: &Action) -> bool {
    let only = |action: &Action| action.statements.len() == 1 && !action.prepares && action.phase == 0;
    let retypes = |action: &Action| {
        let sql = action.statements.first().map_or("", |statement| statement.sql.as_str());
        let subcommand = type_change(sql, action).is_some();
        action.verb == Verb::Alter && matches!(action.key, Key::Column(_)) && only(action) && subcommand
    };
    one.key.on() == other.key.on() && retypes(one) && retypes(other)
}

/// The part of the statement behind the table's name.
fn type_change<'a>(sql: &'a str, action: &Action) -> Option<&'a str> {
    let rest = sql.strip_prefix(&format!("ALTER TABLE {}", action.key.on()?.sql()))?;
    let clause = rest.strip_prefix(char::is_whitespace)?.trim_start();
    (clause.starts_with("ALTER COLUMN ") && clause.contains(" TYPE ")).then_some(clause)
}

fn join(into: &mut Action, action: Action) {
    let clause = |of: &Action| of.statements.first().and_then(|s| type_change(&s.sql, of)).map(str::to_owned);
    let (table, parts) = (into.key.on().map(Key::sql), [clause(into), clause(&action)]);
    if let (Some(statement), Some(table), [Some(first), Some(more)]) = (into.statements.first_mut(), table, parts) {
        statement.sql = format!("ALTER TABLE {table}\n    {first},\n    {more}");
        statement.hazards.extend(action.statements.into_iter().flat_map(|statement| statement.hazards));
        into.with.extend(action.with);
    }
}
/// The CREATE that this action could become a clause of.
fn target(builder: &Builder, actions: &Actions, index: usize) -> Option<usize> {
    let action = &actions.all[index];
    if action.verb != Verb::Create {
        return None;
    }
    let home = builder.desired.facts.get(&action.key)?.folds_into(&builder.desired_site(&action.key))?;
    let span = actions.producer.get(&home)?;
    let plain = span.first == span.last && actions.all[span.first].key == home;
    (plain && span.first != index).then_some(span.first)
}
