//! VALIDATE CONSTRAINT: what the constraint would have asked when it was added.

use pg_query::NodeEnum;
use pg_query::protobuf::{Constraint, RangeVar};

use crate::ask::of_constraint;
use crate::ask::question::Question;
use crate::ask::scene::{Scene, written};
use crate::base::name::Ident;
use crate::db::error::DbError;
use crate::lint::tree::alters;
use crate::sql::parser::parse;

/// One that the script added before, or that the database has.
pub(super) fn questions(range: &RangeVar, name: &str, scene: &mut Scene) -> Result<Vec<Question>, DbError> {
    let pending = scene.state.pending(range, name);
    let constraint = match pending {
        Some(constraint) => Some(constraint),
        None => live(range, name, scene)?,
    };
    let Some(mut constraint) = constraint else { return Ok(Vec::new()) };
    constraint.skip_validation = false;
    of_constraint(range, &constraint, scene)
}

/// As the database has it, not validated.
fn live(range: &RangeVar, name: &str, scene: &mut Scene) -> Result<Option<Constraint>, DbError> {
    let query = "SELECT pg_catalog.pg_get_constraintdef(oid) FROM pg_catalog.pg_constraint \
                 WHERE conrelid = pg_catalog.to_regclass($1) AND conname = $2 AND NOT convalidated";
    let table = written(range);
    let rows = scene.connection.query_with(query, &[&scene.connection.named(&table), &name])?;
    let Some(row) = rows.first() else { return Ok(None) };
    let definition: String = row.try_get(0)?;
    let sql = format!("ALTER TABLE {table} ADD CONSTRAINT {} {definition}", Ident::new(name));
    let Ok(parsed) = parse(&sql) else { return Ok(None) };
    let node = parsed.tree.stmts.first().and_then(|statement| statement.stmt.as_ref()?.node.as_ref());
    let added =
        node.into_iter().flat_map(alters).find_map(|(_, command)| match command.def.as_ref()?.node.as_ref()? {
            NodeEnum::Constraint(constraint) => Some(constraint.as_ref().clone()),
            _ => None,
        });
    Ok(added)
}
