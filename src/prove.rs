//! The proof: the plan is run before anyone sees it, down and up, and read back.
//!
//! The scratch database holds the desired state already. The down runs first: what comes out must equal the live
//! state. Then the up: what comes out must equal the desired state. So both scripts run on real catalogs, and the live
//! state never has to be rebuilt from our own reading of it.

pub mod data;
pub mod error;
pub mod file;
pub mod handover;
pub mod history;
pub mod run;
pub mod seed;

mod state;

use crate::catalog::Catalog;
use crate::catalog::read::read;
use crate::db::connection::Connection;
use crate::kind::Key;
use crate::plan::{Plan, plan};
use crate::prove::data::Rows;
use crate::prove::error::{Direction, ProofError};
use crate::strategy;

/// What is done to a catalog that was read on scratch before it is compared with the one that it should equal: what is
/// left out of comparisons, and what the model says nothing about.
pub type Prepare<'a> = &'a dyn Fn(Catalog, &Catalog) -> Catalog;

/// What the proof saw. That it exists says that both directions reach the promised state.
#[derive(Clone, Debug, Default)]
pub struct Proof {
    pub rows: Rows,
    /// The state that the up led to.
    pub reached: Catalog,
}

/// The scratch database, seen from two sessions.
pub struct Bench<'a> {
    /// Runs the statements.
    pub connection: &'a mut Connection,
    /// Looks on where a statement cannot run in a transaction.
    pub watcher: &'a mut Connection,
}

/// The two states, as they were read.
#[derive(Clone, Copy)]
pub struct States<'a> {
    pub live: &'a Catalog,
    pub desired: &'a Catalog,
}

/// Runs the down on a database in the desired state, then the up, and compares after each; then both once more step by
/// step, on tables that hold a row, to see what each step does.
///
/// # Errors
/// `ProofError` when a statement fails or a state that comes out is not the one promised.
pub fn prove(
    bench: &mut Bench,
    states: States,
    up: &mut Plan,
    down: &mut Plan,
    prepare: Prepare,
) -> Result<Proof, ProofError> {
    run::plan(bench.connection, down, Direction::Down)?;
    expect(bench.connection, states.live, Direction::Down, prepare)?;
    run::leave_failed_builds(bench.connection, states.live)?;
    run::plan(bench.connection, up, Direction::Up)?;
    let reached = expect(bench.connection, states.desired, Direction::Up, prepare)?;
    let rows = data::check(bench, states, up, down)?;
    Ok(Proof { rows, reached })
}

fn expect(
    connection: &mut Connection,
    wanted: &Catalog,
    direction: Direction,
    prepare: Prepare,
) -> Result<Catalog, ProofError> {
    let reached = prepare(read(connection)?, wanted);
    let left = remaining(&reached, wanted)?;
    if left.is_empty() { Ok(reached) } else { Err(ProofError::Differs { direction, left: describe(&left) }) }
}

/// The statements that would still lead from one state to the other; none when the two are equivalent.
fn remaining(reached: &Catalog, wanted: &Catalog) -> Result<Vec<(Key, String)>, ProofError> {
    let rest = plan(reached, wanted, &strategy::plain)?;
    Ok(rest.steps.into_iter().map(|step| (step.key, step.sql)).collect())
}

fn describe(left: &[(Key, String)]) -> Vec<String> {
    left.iter().map(|(key, sql)| format!("{key}: {}", sql.lines().next().unwrap_or_default())).collect()
}
