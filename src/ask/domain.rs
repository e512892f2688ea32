//! Rows that stop a change of a domain: a CHECK, NOT NULL, or VALIDATE, in every column that has the domain as its type.

use pg_query::NodeEnum;
use pg_query::protobuf::{AlterDomainStmt, ConstrType, Constraint};

use crate::ask::expression::sql;
use crate::ask::question::Question;
use crate::ask::scene::Scene;
use crate::ask::table::Table;
use crate::base::name::{Ident, without_public};
use crate::db::error::DbError;
use crate::lint::rule::{rows_hold_null, rows_violate_check};
use crate::lint::tree::{Name, string};

/// What the values must be, as a condition on `value`.
enum Wanted {
    NotNull,
    Check(String),
}

pub(super) fn questions(alter: &AlterDomainStmt, scene: &mut Scene) -> Result<Vec<Question>, DbError> {
    let names: Vec<String> =
        alter.type_name.iter().filter_map(string).map(|name| Ident::new(name).to_string()).collect();
    let domain = names.join(".");
    let wanted = match (alter.subtype.as_str(), alter.def.as_ref().and_then(|node| node.node.as_ref())) {
        ("O", _) => Some(Wanted::NotNull),
        ("C", Some(NodeEnum::Constraint(constraint))) if !constraint.skip_validation => wanted(constraint),
        ("V", _) => live(&domain, &alter.name, scene)?,
        _ => None,
    };
    let Some(wanted) = wanted else { return Ok(Vec::new()) };
    if Name::of_list(&alter.type_name).is_some_and(|name| scene.state.types.contains_key(&name)) {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for row in scene.connection.query_with(include_str!("domain.sql"), &[&scene.connection.named(&domain)])? {
        let (table, column): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let Some(table) = Table::read(scene.connection, &table)? else { continue };
        found.push(question(&without_public(&domain), &table, &column, &wanted));
    }
    Ok(found)
}

fn wanted(constraint: &Constraint) -> Option<Wanted> {
    match constraint.contype() {
        ConstrType::ConstrNotnull => Some(Wanted::NotNull),
        ConstrType::ConstrCheck => Some(Wanted::Check(sql(constraint.raw_expr.as_deref()?)?)),
        _ => None,
    }
}

/// The check of this name that is not validated, as the database prints it.
fn live(domain: &str, name: &str, scene: &mut Scene) -> Result<Option<Wanted>, DbError> {
    let query = "SELECT pg_catalog.pg_get_expr(conbin, 0) FROM pg_catalog.pg_constraint \
                 WHERE contypid = pg_catalog.to_regtype($1) AND conname = $2 AND NOT convalidated";
    let rows = scene.connection.query_with(query, &[&scene.connection.named(domain), &name])?;
    let Some(row) = rows.first() else { return Ok(None) };
    let check: Option<String> = row.try_get(0)?;
    Ok(check.map(Wanted::Check))
}

fn question(domain: &str, table: &Table, column: &str, wanted: &Wanted) -> Question {
    let (object, name) = (table.dotted(column), Ident::new(column));
    match wanted {
        Wanted::NotNull => {
            let says = format!("{domain} must not be null, and {object} is null in");
            let question = Question::new(&rows_hold_null::RULE, table, table.own(), format!("{name} IS NULL"));
            question.object(object).says(says, "")
        }
        Wanted::Check(check) => {
            // In a check of a domain VALUE stands for what a column holds.
            let alias = table.alias();
            let of = format!("SELECT FROM (SELECT {alias}.{name} AS value) AS pgplumb_value WHERE NOT ({check})");
            let says = format!("CHECK ({check}) of {domain} is false for {object} in");
            let question = Question::new(&rows_violate_check::RULE, table, table.own(), format!("EXISTS ({of})"));
            question.object(object).says(says, "")
        }
    }
}
