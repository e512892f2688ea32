//! Two migrations, proven one after the other.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::name::literal;
use crate::catalog::Catalog;
use crate::plan::{Rewrite, plan};
use crate::propose::expand::Expansion;
use crate::propose::{Proposal, Request};
use crate::prove::error::{Direction, ProofError};
use crate::prove::{self, Bench, States, run};

/// The first of them, proven where that is asked for, and the second, from the state between to the goal. Scratch is in the
/// state between.
pub(in crate::propose) fn proven(
    bench: &mut Bench,
    request: &Request,
    goal: &Catalog,
    mut expand: Proposal,
    between: Catalog,
    back: Rewrite,
    seeded: &BTreeSet<String>,
) -> Result<Expansion, ProofError> {
    let (live, desired, prepare) = (request.live, goal, request.prepare);
    if request.prove && !expand.up.is_empty() {
        let states = States { live, desired: &between };
        let proof = prove::prove(bench, states, &mut expand.up, &mut expand.down, prepare)?;
        empty(bench, &seeded.iter().chain(&proof.rows.seeded).cloned().collect())?;
        expand.proof = Some(proof);
        run::plan(bench.connection, &expand.up, Direction::Up)?;
    }
    let (up, down) = (plan(&between, desired, back)?, plan(desired, &between, back)?);
    let (mut up, mut down) = (request.parted(up), request.parted(down));
    let mut proof = None;
    if request.prove {
        run::plan(bench.connection, &up, Direction::Up)?;
        let states = States { live: &between, desired };
        proof = Some(prove::prove(bench, states, &mut up, &mut down, prepare)?);
    }
    let contract = Proposal { up, down, base: None, proof };
    Ok(Expansion {
        expand,
        between,
        contract,
        after: None,
        settled: false,
        filled: BTreeSet::new(),
        moved: BTreeMap::new(),
    })
}

/// Takes the rows away that an earlier proof has put into tables.
pub(in crate::propose) fn empty(bench: &mut Bench, tables: &BTreeSet<String>) -> Result<(), ProofError> {
    bench.connection.execute("SET session_replication_role = replica")?;
    for table in tables {
        let here = bench
            .connection
            .query_text(&format!("SELECT pg_catalog.to_regclass({})::pg_catalog.text", literal(table)))?;
        if here.is_some() {
            bench.connection.execute(&format!("DELETE FROM ONLY {table}"))?;
        }
    }
    bench.connection.execute("RESET session_replication_role")?;
    Ok(())
}
