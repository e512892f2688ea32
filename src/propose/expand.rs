//! Two migrations instead of one that writes tables anew: expand and contract, each planned and proven like any other.
//!
//! Between them is a state of its own: the desired one, with each old column beside the new under another name, what was
//! on it, and a trigger. It is made on scratch, where Postgres itself changes the names in every definition, and read like
//! any other state. So the expand is a plan to that state as it is before the names are exchanged, and the exchange; the
//! contract is a plan from it to the desired one.

mod between;
mod exchange;
pub(in crate::propose) mod proven;
mod stop;
mod types;

use std::collections::{BTreeMap, BTreeSet};

use crate::base::name::without_public;
use crate::catalog::Catalog;
use crate::catalog::read::read;
use crate::kind::{Body, Key, Site};
use crate::plan::action::{Action, Phases};
use crate::plan::change::Changes;
use crate::plan::rename::joined;
use crate::plan::step::Step;
use crate::plan::{Plan, plan};
use crate::propose::expand::between::Between;
pub(in crate::propose) use crate::propose::expand::between::{default, index_of};
use crate::propose::expand::proven::{empty, proven};
use crate::propose::expand::stop::stopping;
use crate::propose::expand::types::{exchanged, settle};
use crate::propose::{Proposal, Request};
use crate::prove::error::{Direction, ProofError};
use crate::prove::{Bench, run};
use crate::sql::directive::After;
use crate::strategy;
use crate::strategy::expand::reach::{Reach, reach};
use crate::strategy::expand::{Copy, apply};

/// Both migrations.
#[derive(Debug)]
pub struct Expansion {
    pub expand: Proposal,
    /// The state that the first leads to and the second starts from.
    pub between: Catalog,
    pub contract: Proposal,
    /// How long the second is held back; none where that is until somebody asks for it.
    pub after: Option<After>,
    /// Whether the first was done before, and the second written with it.
    pub settled: bool,
    /// The new columns, which a trigger fills.
    pub filled: BTreeSet<Key>,
    /// What the second drops because something else took its place: columns and tables, each with what has its values, and
    /// views with old names, which have none.
    pub moved: BTreeMap<Key, Option<Key>>,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Outcome {
    /// None where no column is exchanged.
    pub expansion: Option<Expansion>,
    /// What the reader should know, a sentence each.
    pub notes: Vec<String>,
}

/// The columns whose new type was seen to write their table anew, exchanged instead. `plain` is the plan that was proven
/// without it, and scratch is where its proof ends: in the live state.
///
/// # Errors
/// `ProofError` when a statement fails on scratch, or a state is not reached.
pub fn expand(bench: &mut Bench, request: &Request, plain: &Proposal) -> Result<Outcome, ProofError> {
    let mut outcome = Outcome::default();
    let retyped = retyped(&plain.up);
    let stopping = stopping(request.live, request.desired, &mut outcome.notes);
    if retyped.is_empty() && stopping.is_none() {
        let nothing =
            "no column's new type writes its table anew, and no column or table goes, so there is nothing to expand";
        outcome.notes.push(nothing.to_owned());
        return Ok(outcome);
    }
    if plain.base.is_some() {
        outcome.notes.push("nothing is expanded beside what is renamed: plan the renames first".to_owned());
        return Ok(outcome);
    }
    let (mut along, states) = (Vec::new(), [request.live, request.desired]);
    for (_, columns) in by_table(&retyped) {
        match change(&columns, states) {
            Ok(change) => along.push(change),
            Err(why) => outcome.notes.push(not_expanded(columns.iter(), &why)),
        }
    }
    outcome.notes.extend(settle(&mut along, states));
    let tables = plain.proof.iter().flat_map(|proof| &proof.rows.seeded).cloned().collect();
    let goal = request.desired;
    let request = Request { desired: stopping.as_ref().unwrap_or(goal), ..*request };
    if !along.is_empty() {
        outcome.expansion = Some(request.timings.time("expanding", || both(bench, &request, goal, &along, &tables))?);
        outcome.notes.extend([POSITION, REFUSED].map(str::to_owned));
    } else if stopping.is_some() {
        outcome.expansion = Some(request.timings.time("stopping", || stop(bench, &request, (goal, plain), &tables))?);
    }
    Ok(outcome)
}

/// Both migrations where nothing is exchanged: `request` desires what goes as well, and the second leads to the goal.
fn stop(
    bench: &mut Bench,
    request: &Request,
    (goal, plain): (&Catalog, &Proposal),
    seeded: &BTreeSet<String>,
) -> Result<Expansion, ProofError> {
    let (live, middle) = (request.live, request.desired);
    if plain.proof.is_none() && !plain.up.is_empty() {
        run::plan(bench.connection, &plain.down, Direction::Down)?;
    }
    empty(bench, seeded)?;
    run::plan(bench.connection, &plan(live, middle, &strategy::plain)?, Direction::Up)?;
    let between = (request.prepare)(read(bench.connection)?, middle);
    let (up, down) = (plan(live, &between, request.rewrite)?, plan(&between, live, request.rewrite)?);
    let expand = Proposal { up: request.parted(up), down: request.parted(down), base: None, proof: None };
    proven(bench, request, goal, expand, between, request.rewrite, seeded)
}

const POSITION: &str = "an expanded column is the last of its table afterwards: an INSERT that names no columns, or a \
                        SELECT * that counts them, meets them in another order, and one more until the contract";

const REFUSED: &str = "from the expand on a value that the new type does not take is refused, and until the contract one \
                       that the old type does not take";

/// The columns whose change was seen to write all rows anew.
fn retyped(up: &Plan) -> BTreeSet<Key> {
    let rewrites = |step: &&Step| {
        let seen = step.effects.as_ref().is_some_and(|effects| effects.on.values().any(|effect| effect.rewritten));
        seen && step.sql.contains(" TYPE ")
    };
    let columns = up.steps.iter().filter(rewrites).flat_map(|step| &step.with);
    columns.filter(|key| matches!(key, Key::Column(_))).cloned().collect()
}

fn by_table(columns: &BTreeSet<Key>) -> BTreeMap<String, BTreeSet<Key>> {
    let mut tables: BTreeMap<String, BTreeSet<Key>> = BTreeMap::new();
    for column in columns {
        let table = column.on().map(ToString::to_string).unwrap_or_default();
        tables.entry(table).or_default().insert(column.clone());
    }
    tables
}

/// The exchange of columns of one table.
fn change(columns: &BTreeSet<Key>, [live, desired]: [&Catalog; 2]) -> Result<Change, String> {
    let (mut of_old, of_new) = (reach(columns, live, desired)?, reach(columns, desired, live)?);
    let begun = |key: &Key| live.facts.contains(&index_of(key));
    of_old.key = of_old.key.or_else(|| of_new.key.clone().filter(begun));
    of_old.sequences.extend(of_new.sequences.iter().cloned());
    let enums = exchanged(columns, [live, desired])?;
    let columns = columns.iter().map(|column| (column.clone(), column.clone())).collect();
    Ok(Change { columns, live: of_old, desired: of_new, enums })
}

/// What the reader is told of columns of a table that stay as they were.
fn not_expanded<'a>(columns: impl Iterator<Item = &'a Key>, why: &str) -> String {
    let columns: Vec<&Key> = columns.collect();
    let names: Vec<&str> = columns.iter().map(|key| key.name()).collect();
    let table = columns.first().and_then(|column| column.on()).map(ToString::to_string).unwrap_or_default();
    without_public(&format!("column {} of {table} is not expanded: {why}", names.join(", ")))
}

/// Columns of one table, with what is on them in the live state and in the desired one.
pub(in crate::propose) struct Change {
    /// The old one and the new one; the same key where they are exchanged, another where both have their own names.
    pub(in crate::propose) columns: BTreeMap<Key, Key>,
    pub(in crate::propose) live: Reach,
    pub(in crate::propose) desired: Reach,
    /// The enums that are exchanged with them: they are replaced under their own names.
    pub(in crate::propose) enums: BTreeSet<Key>,
}

impl Change {
    /// Whether the old names stay until the contract.
    fn keeps(&self) -> bool {
        self.columns.iter().any(|(old, new)| old != new)
    }

    /// What goes over to another name, or is built anew beside.
    fn carried(&self) -> impl Iterator<Item = &Key> {
        let on = [&self.live, &self.desired].into_iter().flat_map(|reach| reach.along.iter().chain(&reach.key));
        self.columns.keys().chain(on)
    }
}

pub(in crate::propose) fn both(
    bench: &mut Bench,
    request: &Request,
    goal: &Catalog,
    along: &[Change],
    seeded: &BTreeSet<String>,
) -> Result<Expansion, ProofError> {
    let live = request.live;
    empty(bench, seeded)?;
    let Between { state, base, before, after, copies } = between::make(bench, request, along)?;
    let moved = copies.back.iter().map(|copy| (copy.column.clone(), Some(copy.from.clone()))).collect();
    let filled: Vec<Key> = copies.forward.iter().map(|copy| copy.column.clone()).collect();
    let filling = |copies: Vec<Copy>| {
        move |action: &Action, at: &Site, changes: &Changes| -> Option<Phases> {
            apply(&copies, action, at, changes).or_else(|| (request.rewrite)(action, at, changes))
        }
    };
    let (forward, back) = (filling(copies.forward), filling(copies.back));
    let up = request.parted(joined(plan(live, &base, &forward)?, after));
    let down = request.parted(joined(before, plan(&base, live, &forward)?));
    let expand = Proposal { up, down, base: Some(base), proof: None };
    let filled = filled.into_iter().collect();
    Ok(Expansion { filled, moved, ..proven(bench, request, goal, expand, state, &back, seeded)? })
}

/// The type of a column in one state.
fn type_of<'a>(state: &'a Catalog, column: &Key) -> &'a str {
    match state.facts.get(column) {
        Some(Body::Column(body)) => &body.type_name,
        _ => "",
    }
}
