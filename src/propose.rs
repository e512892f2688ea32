//! Both directions of a change, and their proof: what `plan` writes.

pub mod expand;
pub mod keep;
pub mod swap;

use std::borrow::Cow;

use crate::base::timings::Timings;
use crate::catalog::Catalog;
use crate::catalog::read::read;
use crate::kind::Key;
use crate::plan::rename::{Rename, Renames, joined};
use crate::plan::{Plan, Rewrite, plan};
use crate::prove::error::{Direction, ProofError};
use crate::prove::{self, Bench, Prepare, Proof, States, run};

/// What is asked.
pub struct Request<'a> {
    pub live: &'a Catalog,
    pub desired: &'a Catalog,
    /// Renames that the desired state declares.
    pub renames: &'a [Rename],
    /// What is done to every catalog that is read on scratch before it is compared.
    pub prepare: Prepare<'a>,
    /// Whether to run both directions.
    pub prove: bool,
    /// What turns actions into their online form.
    pub rewrite: Rewrite<'a>,
    /// Whether so much stands in a table that no other one should be locked with it.
    pub hot: &'a dyn Fn(&Key) -> bool,
    pub timings: &'a Timings,
}

impl Request<'_> {
    /// With a COMMIT between changes of two such tables.
    fn parted(&self, mut plan: Plan) -> Plan {
        plan.part_hot_tables(&|table| self.hot_table(table));
        plan
    }

    /// Such a table, as the live database calls it.
    fn hot_table(&self, table: &Key) -> Option<Key> {
        let before = self.renames.iter().filter(|rename| rename.to == *table).map(|rename| &rename.from);
        std::iter::once(table).chain(before).find(|table| (self.hot)(table)).cloned()
    }
}

/// The answer.
#[derive(Debug)]
pub struct Proposal {
    pub up: Plan,
    pub down: Plan,
    /// The desired state under the names from before the renames, which both plans work with; none without renames.
    pub base: Option<Catalog>,
    /// None where it was not asked for.
    pub proof: Option<Proof>,
}

impl Proposal {
    /// The state that both plans work with: `to`, where nothing is renamed on the way there.
    pub fn base<'a>(&'a self, to: &'a Catalog) -> &'a Catalog {
        self.base.as_ref().unwrap_or(to)
    }
}

/// Plans both directions and proves them on scratch, which holds the desired state.
///
/// # Errors
/// `ProofError` when no order can be found, a statement fails on scratch, or a state is not reached.
pub fn propose(bench: &mut Bench, request: &Request) -> Result<Proposal, ProofError> {
    let renames = Renames::pending(request.renames, &request.live.facts, &request.desired.facts);
    let before = Plan { steps: renames.undo(&request.desired.facts) };
    let after = Plan { steps: renames.redo(&request.desired.facts) };
    let base = if renames.is_empty() {
        Cow::Borrowed(request.desired)
    } else {
        request.timings.time("undoing the renames", || {
            run::plan(bench.connection, &before, Direction::Down)?;
            let base = (request.prepare)(read(bench.connection)?, request.live);
            run::plan(bench.connection, &after, Direction::Up)?;
            Ok::<_, ProofError>(Cow::Owned(base))
        })?
    };
    let (mut up, mut down) = request.timings.time("planning both ways", || {
        let up = joined(plan(request.live, &base, request.rewrite)?, after);
        let down = joined(before, plan(&base, request.live, request.rewrite)?);
        Ok::<_, ProofError>((request.parted(up), request.parted(down)))
    })?;
    let proof = if request.prove && !up.is_empty() {
        let states = States { live: request.live, desired: request.desired };
        let prove = || prove::prove(bench, states, &mut up, &mut down, request.prepare);
        Some(request.timings.time("proving", prove)?)
    } else {
        None
    };
    let base = match base {
        Cow::Borrowed(_) => None,
        Cow::Owned(base) => Some(base),
    };
    Ok(Proposal { up, down, base, proof })
}
