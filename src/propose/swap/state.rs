//! The states on the way, made on scratch.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::catalog::Catalog;
use crate::catalog::edges::Edges;
use crate::catalog::read::read;
use crate::kind::Key;
use crate::plan::error::PlanError;
use crate::plan::step::Step;
use crate::plan::{Plan, plan};
use crate::propose::Request;
use crate::propose::swap::pair::{Pair, Stage, all};
use crate::prove::error::{Direction, ProofError};
use crate::prove::{Bench, run};
use crate::strategy;
use crate::strategy::swap::part::{moves, own, sequences, tied, under};

/// The states on the way; none but the last has the triggers between the tables.
pub(super) struct Way {
    /// The live state.
    pub(super) live: Catalog,
    /// The new table beside the old one, to which all others hold on still.
    pub(super) before: Catalog,
    /// After the exchange, under the names from before it.
    pub(super) named_before: Catalog,
    /// After the exchange.
    pub(super) after: Catalog,
    /// The same with the triggers.
    pub(super) between: Catalog,
}

/// Why there are none.
pub(super) enum Unmade {
    /// For a person.
    Refused(String),
    Failed(ProofError),
}

impl<E: Into<ProofError>> From<E> for Unmade {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Makes them from the live state, which scratch is in, and leaves scratch in the last one.
pub(super) fn make(bench: &mut Bench, request: &Request, pairs: &[Pair]) -> Result<Way, Unmade> {
    let (live, desired) = (request.live, request.desired);
    let begun: Vec<&Pair> = pairs.iter().filter(|pair| pair.stage != Stage::Fresh).collect();
    let without = without_sync(live, &begun);
    let clean = clean(bench, request, &begun)?;
    let clean = clean.as_ref().unwrap_or(live);
    let tables: BTreeSet<Key> = unexchanged(pairs).map(|pair| pair.table.clone()).collect();
    let ours = tied(clean, desired, &tables).map_err(Unmade::Refused)?;
    run(bench, all(pairs, Pair::away))?;
    let moved = (request.prepare)(read(bench.connection)?, live);
    lead(bench, &moved, &with_old(desired, &moved, pairs))?;
    let after = (request.prepare)(read(bench.connection)?, desired);
    run(bench, all(pairs, Pair::back))?;
    let named_before = (request.prepare)(read(bench.connection)?, live);
    let news: BTreeSet<Key> = unexchanged(pairs).map(|pair| pair.new.clone()).collect();
    let theirs = tied(&named_before, clean, &news).map_err(Unmade::Refused)?;
    lead(bench, &named_before, &held(&named_before, &theirs, clean, ours, pairs))?;
    let before = (request.prepare)(read(bench.connection)?, live);
    lead(bench, &before, &named_before)?;
    run(bench, all(pairs, Pair::forth))?;
    run(bench, all(pairs, |pair| pair.sync(Stage::Done)))?;
    let between = (request.prepare)(read(bench.connection)?, desired);
    Ok(Way { live: without, before, named_before, after, between })
}

fn unexchanged(pairs: &[Pair]) -> impl Iterator<Item = &Pair> {
    pairs.iter().filter(|pair| pair.stage != Stage::Done)
}

/// What an earlier run has left on scratch goes; the state without it, if there was anything.
fn clean(bench: &mut Bench, request: &Request, begun: &[&Pair]) -> Result<Option<Catalog>, Unmade> {
    if begun.is_empty() {
        return Ok(None);
    }
    for pair in begun {
        run(bench, pair.there(pair.unsync(pair.stage)))?;
        if pair.stage == Stage::Begun {
            bench.connection.execute(&format!("DROP TABLE {}", pair.new.sql()))?;
        }
    }
    Ok(Some((request.prepare)(read(bench.connection)?, request.live)))
}

/// The state without the functions and triggers between the tables.
fn without_sync(state: &Catalog, begun: &[&Pair]) -> Catalog {
    let keys: BTreeSet<Key> = begun.iter().flat_map(|pair| pair.between(pair.stage)).collect();
    let mut state = state.clone();
    let gone: Vec<Key> = under(&state, &keys).cloned().collect();
    for key in gone {
        state.facts.remove(&key);
    }
    state
}

fn run(bench: &mut Bench, steps: Vec<Step>) -> Result<(), Unmade> {
    Ok(run::plan(bench.connection, &Plan { steps }, Direction::Up)?)
}

/// Leads scratch from one state to another; where that fails, the changes need more than an exchange.
fn lead(bench: &mut Bench, from: &Catalog, to: &Catalog) -> Result<(), Unmade> {
    let refused = |error: &dyn std::error::Error| {
        let cause = error.source().map_or_else(|| error.to_string(), |cause| cause.to_string());
        Unmade::Refused(format!("other changes are in the way ({cause}); plan those first"))
    };
    let plan = plan(from, to, &strategy::plain).map_err(|error: PlanError| refused(&error))?;
    run::plan(bench.connection, &plan, Direction::Up).map_err(|error| refused(&error))
}

/// The desired state with the old tables beside.
fn with_old(desired: &Catalog, moved: &Catalog, pairs: &[Pair]) -> Catalog {
    let olds: BTreeSet<Key> = pairs.iter().map(|pair| pair.old.clone()).collect();
    let shared: BTreeSet<&Key> = pairs.iter().flat_map(|pair| &pair.shared).collect();
    let owned = olds.iter().flat_map(|old| sequences(moved, old)).filter(|key| !shared.contains(key)).collect();
    let mut kept: BTreeSet<Key> = own(moved, &olds);
    kept.retain(|key| !moves(moved, key));
    kept.extend(under(moved, &owned).cloned());
    merged(desired, &BTreeSet::new(), moved, kept)
}

/// The state before the exchange: the same tables, while all others are as they were.
fn held(after: &Catalog, theirs: &BTreeSet<Key>, live: &Catalog, ours: BTreeSet<Key>, pairs: &[Pair]) -> Catalog {
    let shared: BTreeSet<Key> = pairs.iter().flat_map(|pair| &pair.shared).cloned().collect();
    let gone = theirs.iter().cloned().chain(under(after, &shared).cloned()).collect();
    let kept = ours.into_iter().chain(under(live, &shared).cloned()).collect();
    merged(after, &gone, live, kept)
}

/// The one state without some facts, with those of the other, and what these need and the first has not.
fn merged(state: &Catalog, gone: &BTreeSet<Key>, other: &Catalog, mut kept: BTreeSet<Key>) -> Catalog {
    let mut open: Vec<Key> = kept.iter().cloned().collect();
    while let Some(key) = open.pop() {
        let uses = other.edges.uses(&key).chain(key.on());
        let missing = |used: &&Key| {
            let there = kept.contains(*used) || state.facts.contains(used) && !gone.contains(*used);
            !there && other.facts.contains(used)
        };
        for used in uses.filter(missing).cloned().collect::<Vec<_>>() {
            // Of an object that is kept some of the facts are left out on purpose.
            let whole = if kept.contains(used.root()) { used.clone() } else { used.root().clone() };
            for key in under(other, &BTreeSet::from([whole])) {
                let there = state.facts.contains(key) && !gone.contains(key);
                if !there && kept.insert(key.clone()) {
                    open.push(key.clone());
                }
            }
        }
    }
    let mut merged = state.clone();
    for key in gone.iter().filter(|key| !kept.contains(*key)) {
        merged.facts.remove(key);
    }
    let of_state = state.edges.iter().filter(|(user, _)| !kept.contains(*user) && !gone.contains(*user));
    let of_other = other.edges.iter().filter(|(user, _)| kept.contains(*user));
    let mut edges = Edges::default();
    for (user, used) in of_state.chain(of_other) {
        edges.insert(&Arc::new(user.clone()), &Arc::new(used.clone()));
    }
    for (key, body) in kept.iter().filter_map(|key| Some((key, other.facts.get(key)?))) {
        merged.facts.insert(key.clone(), body.clone());
    }
    merged.edges = edges;
    merged
}
