//! Two migrations that build a table beside and exchange it by name, each planned and proven like any other.
//!
//! Before the exchange there is a state with the new table beside the old one, after it one with the old beside the new;
//! both are made on scratch and read back. The expand is a plan to the first, the copying, and a plan from the first to
//! the second under the names from before the exchange, with the exchange itself; the contract is a plan from the second
//! to the desired state. The functions and triggers between the two tables are in none of these plans: they are put at
//! their places around them.

mod pair;
mod state;

use std::collections::BTreeSet;

use crate::base::name::without_public;
use crate::kind::statement::Statement;
use crate::kind::{Key, Site};
use crate::plan::action::{Action, Phases, Verb};
use crate::plan::change::Changes;
use crate::plan::rename::joined;
use crate::plan::step::Step;
use crate::plan::{Plan, plan};
use crate::propose::expand::proven::empty;
use crate::propose::expand::{Expansion, Outcome};
use crate::propose::swap::pair::{Pair, Stage, all};
use crate::propose::swap::state::{Unmade, Way, make};
use crate::propose::{Proposal, Request};
use crate::prove::error::{Direction, ProofError};
use crate::prove::{self, Bench, States, run};
use crate::strategy::constraint_not_valid;

/// These tables built beside and exchanged. `plain` is the plan that was proven without it, and scratch is where its proof
/// ends: in the live state.
///
/// # Errors
/// `ProofError` when a statement fails on scratch, or a state is not reached.
pub fn swap(
    bench: &mut Bench,
    request: &Request,
    plain: &Proposal,
    tables: &BTreeSet<Key>,
) -> Result<Outcome, ProofError> {
    let mut outcome = Outcome::default();
    if plain.base.is_some() {
        outcome.notes.push("no table is built beside what is renamed: plan the renames first".to_owned());
        return Ok(outcome);
    }
    let refused = |table: &str, why: &str| without_public(&format!("table {table} is not built beside: {why}"));
    let mut pairs = Vec::new();
    for table in tables {
        match Pair::of(table, request.live, request.desired) {
            Ok(pair) => pairs.push(pair),
            Err(why) => outcome.notes.push(refused(&table.sql(), &why)),
        }
    }
    if pairs.is_empty() {
        return Ok(outcome);
    }
    let seeded = plain.proof.iter().flat_map(|proof| &proof.rows.seeded).cloned().collect();
    // Whoever asks for it says that the table is large.
    let hot = |table: &Key| pairs.iter().any(|pair| pair.table == *table) || (request.hot)(table);
    let request = &Request { hot: &hot, ..*request };
    match request.timings.time("building beside", || both(bench, request, &pairs, &seeded)) {
        Ok(expansion) => {
            outcome.expansion = Some(expansion);
            outcome.notes.push(REFUSED.to_owned());
            if pairs.iter().any(Pair::becomes_partitioned) {
                outcome.notes.push(PARTITIONS.to_owned());
            }
        }
        Err(Unmade::Refused(why)) => {
            let names: Vec<String> = pairs.iter().map(|pair| pair.table.sql()).collect();
            outcome.notes.push(refused(&names.join(", "), &why));
        }
        Err(Unmade::Failed(error)) => return Err(error),
    }
    Ok(outcome)
}

const REFUSED: &str = "from the expand on a row that the new table does not take is refused, and until the contract one \
                       that the old table does not take";

const PARTITIONS: &str = "rows that go with a partition, by TRUNCATE, DETACH or DROP of it alone, stay in the old table \
                          until the contract";

fn both(bench: &mut Bench, request: &Request, pairs: &[Pair], seeded: &BTreeSet<String>) -> Result<Expansion, Unmade> {
    let (live, desired) = (request.live, request.desired);
    // Where a trigger is not there yet, what a proof has copied does not go with the row.
    let beside = pairs.iter().flat_map(|pair| [pair.new.sql(), pair.old.sql()]);
    let seeded = &seeded.iter().cloned().chain(beside).collect();
    empty(bench, seeded)?;
    let way = make(bench, request, pairs)?;
    let (mut up, mut down) = (expand(request, pairs, &way)?, back(request, pairs, &way)?);
    let states = States { live, desired: &way.between };
    let proof = prove::prove(bench, states, &mut up, &mut down, request.prepare)?;
    empty(bench, seeded)?;
    run::plan(bench.connection, &up, Direction::Up)?;
    let expand = Proposal { up, down, base: None, proof: Some(proof) };
    let gone = Plan { steps: all(pairs, |pair| pair.unsync(Stage::Done)) };
    let up = joined(gone, plan(&way.after, desired, request.rewrite)?);
    let again = Plan { steps: all(pairs, |pair| pair.sync(Stage::Done)) };
    let hot = |table: &Key| pairs.iter().any(|pair| pair.old == *table) || (request.hot)(table);
    let mut up = Request { hot: &hot, ..*request }.parted(up);
    let mut down = request.parted(joined(plan(desired, &way.after, request.rewrite)?, again));
    for step in all(pairs, |pair| pair.fill(Stage::Done)) {
        down = apart(down, Plan { steps: vec![step] });
    }
    run::plan(bench.connection, &up, Direction::Up)?;
    let states = States { live: &way.between, desired };
    let proof = prove::prove(bench, states, &mut up, &mut down, request.prepare)?;
    let contract = Proposal { up, down, base: None, proof: Some(proof) };
    let moved = pairs.iter().map(|pair| (pair.old.clone(), Some(pair.table.clone()))).collect();
    let (after, settled, filled) = (None, false, BTreeSet::new());
    Ok(Expansion { expand, between: way.between, contract, after, settled, filled, moved })
}

/// The table beside, its rows, and the exchange.
fn expand(request: &Request, pairs: &[Pair], way: &Way) -> Result<Plan, Unmade> {
    // A function tells whoever goes on that the new table is ours; each table is locked in a transaction of its own then.
    let began = Plan { steps: [all(pairs, Pair::function), all(pairs, Pair::triggers)].concat() };
    let mut whole = request.parted(joined(plan(&way.live, &way.before, request.rewrite)?, began));
    if pairs.iter().all(|pair| pair.stage == Stage::Done) {
        return Ok(whole);
    }
    for step in all(pairs, |pair| pair.fill(Stage::Begun)) {
        whole = apart(whole, Plan { steps: vec![step] });
    }
    let (now, mut later) = exchange(plan(&way.before, &way.named_before, &not_valid)?)?;
    for step in &mut later.steps {
        for pair in pairs {
            pair.arrived(step);
        }
    }
    let mut steps = all(pairs, |pair| pair.unsync(Stage::Begun));
    steps.extend(now);
    steps.extend(all(pairs, |pair| pair.hand_over(true)));
    steps.extend(all(pairs, Pair::forth));
    steps.extend(all(pairs, |pair| pair.sync(Stage::Done).into_iter().filter(|_| pair.stage != Stage::Done).collect()));
    Ok(apart(apart(whole, Plan { steps }), later))
}

/// The exchange the other way round, and what was built beside goes.
fn back(request: &Request, pairs: &[Pair], way: &Way) -> Result<Plan, Unmade> {
    let rest = request.parted(plan(&way.before, &way.live, request.rewrite)?);
    if pairs.iter().all(|pair| pair.stage == Stage::Done) {
        return Ok(rest);
    }
    let (now, later) = exchange(plan(&way.named_before, &way.before, &not_valid)?)?;
    let mut steps =
        all(pairs, |pair| pair.unsync(Stage::Done).into_iter().filter(|_| pair.stage != Stage::Done).collect());
    steps.extend(all(pairs, Pair::back));
    steps.extend(all(pairs, |pair| pair.hand_over(false)));
    steps.extend(now);
    steps.extend(all(
        pairs,
        |pair| {
            if pair.stage == Stage::Begun { pair.there(pair.sync(Stage::Begun)) } else { Vec::new() }
        },
    ));
    Ok(apart(apart(Plan { steps }, rest), later))
}

/// What is one transaction, and the validations that come after it.
fn exchange(plan: Plan) -> Result<(Vec<Step>, Plan), Unmade> {
    let first = plan.steps.first().map_or(0, |step| step.group);
    let (now, later): (Vec<Step>, Vec<Step>) = plan.steps.into_iter().partition(|step| step.group == first);
    let late = |step: &&Step| step.outside || !step.sql.contains(" VALIDATE CONSTRAINT ");
    if let Some(step) = later.iter().find(late).or_else(|| now.iter().find(|step| step.outside)) {
        return Err(Unmade::Refused(format!("{} cannot change in the transaction of the exchange", step.key)));
    }
    let now = now.into_iter().map(|step| Step { group: 0, ..step }).collect();
    Ok((now, Plan { steps: later }))
}

/// Foreign keys without a look at the rows, everything else plain.
fn not_valid(action: &Action, at: &Site, changes: &Changes) -> Option<Phases> {
    constraint_not_valid::apply(action, at, changes)
}

/// The one and then the other, never in one transaction.
fn apart(first: Plan, then: Plan) -> Plan {
    let from = then.steps.first().map_or(0, |step| step.group);
    let next = first.steps.last().map_or(0, |step| step.group + 1);
    let mut steps = first.steps;
    steps.extend(then.steps.into_iter().map(|step| Step { group: step.group - from + next, ..step }));
    Plan { steps }
}

/// A step of the exchange.
fn step(verb: Verb, key: &Key, sql: String) -> Step {
    Step::of(verb, key, Statement::new(sql))
}
