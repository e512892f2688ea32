//! Runs a plan's steps, in the transactions that the script would use.

use crate::db::connection::Connection;
use crate::plan::Plan;
use crate::plan::step::Step;
use crate::prove::error::{Direction, ProofError};

/// Runs every step on this connection.
pub fn plan(connection: &mut Connection, plan: &Plan, direction: Direction) -> Result<(), ProofError> {
    connection.execute("SET check_function_bodies = off; SET search_path = public")?;
    let result = steps(connection, plan, direction);
    if result.is_err() {
        // What failed may have left a transaction open; a lost connection has none, and its own error is the better one.
        let _ = connection.execute("ROLLBACK");
    }
    result
}

fn steps(connection: &mut Connection, plan: &Plan, direction: Direction) -> Result<(), ProofError> {
    let mut open: Option<usize> = None;
    for step in &plan.steps {
        if open.is_some_and(|group| group != step.group) {
            connection.execute("COMMIT")?;
            open = None;
        }
        if !step.outside && open.is_none() {
            connection.execute("BEGIN")?;
            open = Some(step.group);
        }
        run(connection, step, direction)?;
    }
    if open.is_some() {
        connection.execute("COMMIT")?;
    }
    Ok(())
}

fn run(connection: &mut Connection, step: &Step, direction: Direction) -> Result<(), ProofError> {
    connection.execute(&step.sql).map_err(|cause| ProofError::Fails {
        direction,
        key: step.key.to_string(),
        sql: step.sql.replace('\n', "\n  "),
        cause,
    })
}
