//! NULLs that stop a NOT NULL, and rows that a new column gives no value.

use pg_query::NodeEnum;
use pg_query::protobuf::{ColumnDef, ConstrType, Constraint, Node, NullTestType, RangeVar};

use crate::ask::question::Question;
use crate::ask::scene::Scene;
use crate::base::name::Ident;
use crate::db::error::DbError;
use crate::lint::object::has_constraint;
use crate::lint::rule::rows_hold_null;
use crate::lint::tree::{is_null, string, type_name};

/// What gives every row a value.
const FILLS: [ConstrType; 2] = [ConstrType::ConstrGenerated, ConstrType::ConstrIdentity];

/// SET NOT NULL.
pub(super) fn of_column(range: &RangeVar, column: &str, scene: &mut Scene) -> Result<Vec<Question>, DbError> {
    let Some(table) = scene.table(range)? else { return Ok(Vec::new()) };
    let from = if range.inh { table.all() } else { table.own() };
    let object = table.dotted(column);
    let says = format!("{object} must not be null, and is null in");
    let question = Question::new(&rows_hold_null::RULE, &table, from, format!("{} IS NULL", Ident::new(column)));
    Ok(vec![question.object(object).says(says, "")])
}

/// The columns of a primary key, be they named or those of an index.
pub(super) fn of_key(range: &RangeVar, key: &Constraint, scene: &mut Scene) -> Result<Vec<Question>, DbError> {
    let Some(columns) = scene.state.indexes.get(&key.indexname).cloned() else {
        return of_keys(range, &key.keys, scene);
    };
    let mut found = Vec::new();
    for column in columns {
        found.extend(of_column(range, &column, scene)?);
    }
    Ok(found)
}

/// Columns by name.
pub(super) fn of_keys(range: &RangeVar, keys: &[Node], scene: &mut Scene) -> Result<Vec<Question>, DbError> {
    let mut found = Vec::new();
    for column in keys.iter().filter_map(string) {
        found.extend(of_column(range, column, scene)?);
    }
    Ok(found)
}

/// The column that a CHECK wants to be NOT NULL and nothing else, as the online form of SET NOT NULL does.
pub(super) fn wanted(expression: &Node) -> Option<&str> {
    let Some(NodeEnum::NullTest(test)) = &expression.node else { return None };
    let Some(NodeEnum::ColumnRef(column)) = &test.arg.as_ref()?.node else { return None };
    let [name] = column.fields.as_slice() else { return None };
    string(name).filter(|_| test.nulltesttype() == NullTestType::IsNotNull)
}

/// ADD COLUMN: any row stops one that is NOT NULL and that nothing fills.
pub(super) fn of_new(range: &RangeVar, column: &ColumnDef, scene: &mut Scene) -> Result<Vec<Question>, DbError> {
    let needed = [ConstrType::ConstrNotnull, ConstrType::ConstrPrimary];
    let default = column.constraints.iter().find_map(|node| match node.node.as_ref()? {
        NodeEnum::Constraint(constraint) if constraint.contype() == ConstrType::ConstrDefault => {
            constraint.raw_expr.as_deref()
        }
        _ => None,
    });
    let serial = column.type_name.as_ref().is_some_and(|name| type_name(name).contains("serial"));
    let filled = serial || has_constraint(column, &FILLS) || default.is_some_and(|default| !is_null(default));
    if filled || !has_constraint(column, &needed) {
        return Ok(Vec::new());
    }
    let Some(table) = scene.table(range)? else { return Ok(Vec::new()) };
    let object = table.dotted(&column.colname);
    let says = format!("{object} must not be null, and nothing gives it a value in");
    let question = Question::new(&rows_hold_null::RULE, &table, table.all(), "true".to_owned());
    Ok(vec![question.object(object).says(says, "")])
}
