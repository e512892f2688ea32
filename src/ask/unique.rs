//! Rows that stop a unique index, a UNIQUE constraint or a primary key, because they are the same.

use pg_query::NodeEnum;
use pg_query::protobuf::{Constraint, IndexElem, IndexStmt, RangeVar};

use crate::ask::expression::sql;
use crate::ask::question::Question;
use crate::ask::scene::Scene;
use crate::ask::table::Table;
use crate::base::name::Ident;
use crate::db::error::DbError;
use crate::lint::rule::rows_not_unique;
use crate::lint::tree::string;

/// CREATE UNIQUE INDEX.
pub(super) fn of_index(index: &IndexStmt, scene: &mut Scene) -> Result<Vec<Question>, DbError> {
    let Some(range) = index.relation.as_ref().filter(|_| index.unique) else { return Ok(Vec::new()) };
    let Some(table) = scene.table(range)? else { return Ok(Vec::new()) };
    let elements = index.index_params.iter().filter_map(|node| match node.node.as_ref()? {
        NodeEnum::IndexElem(element) => element_sql(element),
        _ => None,
    });
    let values: Vec<String> = elements.collect();
    let condition = index.where_clause.as_deref().map(sql);
    let condition = match condition {
        None => None,
        Some(Some(text)) => Some(text),
        Some(None) => return Ok(unwritable(&table, scene)),
    };
    if values.len() < index.index_params.len() {
        return Ok(unwritable(&table, scene));
    }
    // ON ONLY makes an entry; each partition is looked at where it gets its own.
    let from = if range.inh { table.own() } else { format!("ONLY {}", table.sql()) };
    Ok(vec![question(&table, from, &values, condition, index.nulls_not_distinct)])
}

/// UNIQUE and PRIMARY KEY. What takes an index is unique by that.
pub(super) fn of_constraint(range: &RangeVar, made: &Constraint, scene: &mut Scene) -> Result<Vec<Question>, DbError> {
    if !made.indexname.is_empty() {
        return Ok(Vec::new());
    }
    let Some(table) = scene.table(range)? else { return Ok(Vec::new()) };
    let values: Vec<String> = made.keys.iter().filter_map(string).map(|name| Ident::new(name).to_string()).collect();
    let from = if range.inh { table.own() } else { format!("ONLY {}", table.sql()) };
    Ok(vec![question(&table, from, &values, None, made.nulls_not_distinct)])
}

fn unwritable(table: &Table, scene: &mut Scene) -> Vec<Question> {
    let object = table.said();
    scene.cannot(&object, format!("whether rows of {object} are unique is not asked: an expression cannot be written"));
    Vec::new()
}

/// What is indexed, in parentheses where it is no column, with its collation.
pub(super) fn element_sql(element: &IndexElem) -> Option<String> {
    let mut value = match element.expr.as_deref() {
        Some(expression) => format!("({})", sql(expression)?),
        None => Ident::new(element.name.as_str()).to_string(),
    };
    let collation: Vec<String> =
        element.collation.iter().filter_map(string).map(|name| Ident::new(name).to_string()).collect();
    if !collation.is_empty() {
        value.push_str(&format!(" COLLATE {}", collation.join(".")));
    }
    Some(value)
}

fn question(table: &Table, from: String, values: &[String], condition: Option<String>, nulls: bool) -> Question {
    let list = values.join(", ");
    let not_null = values.iter().filter(|_| !nulls).map(|value| format!("{value} IS NOT NULL"));
    let conditions: Vec<String> = not_null.chain(condition.map(|text| format!("({text})"))).collect();
    let within = if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) };
    let counted = format!("SELECT *, count(*) OVER (PARTITION BY {list}) AS pgplumb_same FROM {from}{within}");
    let object = table.said();
    let says = format!("({list}) of {object} becomes unique, and is the same in");
    Question::new(&rows_not_unique::RULE, table, format!("({counted}) AS same"), "pgplumb_same > 1".to_owned())
        .says(says, " as in another")
}
