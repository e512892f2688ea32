//! What the two scripts do to rows: they are run once more, on tables that hold one.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::catalog::Catalog;
use crate::db::connection::Connection;
use crate::kind::{Body, Key};
use crate::plan::Plan;
use crate::plan::action::Verb;
use crate::prove::error::{Direction, ProofError};
use crate::prove::seed::{Seeds, empty, row_of, seed};
use crate::prove::{Bench, States, run};

/// What became of the seeded rows.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Rows {
    /// Tables that held a row.
    pub seeded: Vec<String>,
    /// Tables that took none, with what Postgres said.
    pub refused: BTreeMap<String, String>,
    /// The direction that fails on tables with rows, and why. It depends on the rows whether that happens.
    pub fails: Option<(String, String)>,
    /// Tables that lost their row on the way up.
    pub lost: Vec<String>,
    /// Columns whose value was not there any more, or another, after up and down.
    pub changed: Vec<String>,
    /// Tables that the up drops, and whose row the down brought back.
    pub restored: Vec<String>,
}

impl Rows {
    /// Whether what the up drops of this was seen to be there again, as it was: a table's row, or a column's value.
    pub fn came_back(&self, key: &Key) -> bool {
        let is_in = |names: &[String], key: &Key| names.contains(&key.sql());
        match (key, key.on()) {
            _ if self.fails.is_some() => false,
            (Key::Column(_), Some(table)) => {
                let name = format!("{}.{}", table.sql(), key.name());
                is_in(&self.seeded, table) && !self.changed.contains(&name)
            }
            _ => is_in(&self.restored, key),
        }
    }
}

/// Runs down, seeds, runs up and down again step by step, and looks at the rows after each.
///
/// # Errors
/// Only what is not the rows' fault: a statement that fails for rows ends the look and is said in the answer.
pub fn check(bench: &mut Bench, states: States, up: &mut Plan, down: &mut Plan) -> Result<Rows, ProofError> {
    run::plan(bench.connection, down, Direction::Down)?;
    run::leave_failed_builds(bench.connection, states.live)?;
    let refilled = refilled(states, down);
    let tables = touched(states, up).union(&refilled).cloned().collect();
    let seeds = seed(bench.connection, states.live, states.desired, &tables)?;
    let mut rows = Rows {
        seeded: seeds.rows.keys().map(Key::sql).collect(),
        refused: seeds.refused.iter().map(|(key, why)| (key.sql(), why.clone())).collect(),
        ..Rows::default()
    };
    if let Some(why) = walk(bench, up, Direction::Up, &seeds)? {
        rows.fails = Some((Direction::Up.to_string(), why));
    } else {
        for table in seeds.rows.keys().filter(|table| states.desired.facts.contains(table)) {
            if row_of(bench.connection, table)?.is_none() {
                rows.lost.push(table.sql());
            }
        }
    }
    let failed_down = walk(bench, down, Direction::Down, &seeds)?;
    if rows.fails.is_none() {
        match failed_down {
            Some(why) => rows.fails = Some((Direction::Down.to_string(), why)),
            None => {
                let missing: BTreeSet<Key>;
                (rows.changed, missing) = changed(bench.connection, &seeds, &refilled)?;
                let back = refilled.iter().filter(|table| seeds.rows.contains_key(table) && !missing.contains(table));
                rows.restored = back.map(Key::sql).collect();
            }
        }
    }
    Ok(rows)
}

/// Runs all steps one by one; the reason when one fails for what the rows hold. The rest then runs on empty tables.
fn walk(bench: &mut Bench, plan: &mut Plan, direction: Direction, seeds: &Seeds) -> Result<Option<String>, ProofError> {
    let mut walk = run::Walk::start(bench.connection, plan, direction)?;
    let why = failed_for_rows(walk.go(bench))?;
    if why.is_some() {
        empty(bench.connection, seeds)?;
        walk.go(bench)?;
    }
    Ok(why)
}

/// The tables that are there before and after, and of which the plan changes something.
fn touched(States { live, desired }: States, up: &Plan) -> BTreeSet<Key> {
    up.steps
        .iter()
        .flat_map(|step| &step.with)
        .map(|key| table_of(key, live).unwrap_or_else(|| key.root().clone()))
        .filter(|key| matches!(key, Key::Table(_)) && live.facts.contains(key) && desired.facts.contains(key))
        .collect()
}

/// The tables that are there before only, and with which the down does more than to create them: it may fill them again.
fn refilled(States { live, desired }: States, down: &Plan) -> BTreeSet<Key> {
    let altered = down.steps.iter().filter(|step| step.verb == Verb::Alter).map(|step| &step.key);
    let gone = |key: &&Key| matches!(key, Key::Table(_)) && live.facts.contains(key) && !desired.facts.contains(key);
    altered.filter(gone).cloned().collect()
}

fn table_of(key: &Key, live: &Catalog) -> Option<Key> {
    match live.facts.get(key) {
        Some(Body::Index(index)) => {
            let schema = key.schema()?;
            Some(crate::kind::table::table_key(schema.as_str(), index.table.as_str()))
        }
        _ => None,
    }
}

/// Classes of SQLSTATE that rows bring about: data, integrity, and what functions raise that are called for a row, or look up
/// in vain (a setting, a table of their own). On empty tables the same statements ran. A lock, a resource or a state of the
/// server (`55006`: pending trigger events) is nothing that other rows would mend.
const OF_ROWS: [&str; 9] = ["21", "22", "23", "2F", "38", "39", "42", "44", "P0"];

/// The reason, when a run failed for what the rows hold.
fn failed_for_rows(result: Result<(), ProofError>) -> Result<Option<String>, ProofError> {
    match result {
        Ok(()) => Ok(None),
        Err(ProofError::Fails { cause, .. })
            if cause.sqlstate().is_some_and(|state| OF_ROWS.iter().any(|class| state.starts_with(class))) =>
        {
            Ok(Some(cause.to_string()))
        }
        Err(error) => Err(error),
    }
}

/// The columns whose value is another now, and the tables without a row of those that were dropped in between: nobody said
/// that it would be there.
fn changed(
    connection: &mut Connection,
    seeds: &Seeds,
    refilled: &BTreeSet<Key>,
) -> Result<(Vec<String>, BTreeSet<Key>), ProofError> {
    let (mut changed, mut missing) = (Vec::new(), BTreeSet::new());
    for (table, before) in &seeds.rows {
        let after = row_of(connection, table)?;
        if after.is_none() && refilled.contains(table) {
            missing.insert(table.clone());
            continue;
        }
        let columns = before.as_object().into_iter().flatten();
        for (column, value) in columns {
            if after.as_ref().and_then(|row| row.get(column)) != Some(value) {
                changed.push(format!("{}.{column}", table.sql()));
            }
        }
    }
    Ok((changed, missing))
}
