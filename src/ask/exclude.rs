//! Rows that stop an EXCLUDE constraint, because each of two keeps the other out.
//!
//! Two rows are in each other's way where all operators are true of their values; a NULL is in nobody's. Both have to fulfil the
//! constraint's WHERE. Without the index that is to be built this compares every row with every other, unless an operator is
//! an equality, so it is what a timeout is for.

use pg_query::NodeEnum;
use pg_query::protobuf::{Constraint, Node, RangeVar};

use crate::ask::expression::sql;
use crate::ask::question::Question;
use crate::ask::scene::Scene;
use crate::ask::unique::element_sql;
use crate::base::name::Ident;
use crate::db::error::DbError;
use crate::lint::rule::rows_exclude_each_other;
use crate::lint::tree::string;

pub(super) fn questions(range: &RangeVar, made: &Constraint, scene: &mut Scene) -> Result<Vec<Question>, DbError> {
    let Some(table) = scene.table(range)? else { return Ok(Vec::new()) };
    let elements: Option<Vec<(String, String)>> = made.exclusions.iter().map(element).collect();
    let condition = made.where_clause.as_deref().map(sql);
    let (Some(elements), None | Some(Some(_))) = (&elements, &condition) else {
        let object = table.said();
        let message =
            format!("whether rows of {object} exclude each other is not asked: an expression cannot be written");
        scene.cannot(&object, message);
        return Ok(Vec::new());
    };
    let from = if range.inh { table.own() } else { format!("ONLY {}", table.sql()) };
    let within = condition.flatten().map(|text| format!(" WHERE {text}")).unwrap_or_default();
    let values: Vec<String> =
        elements.iter().zip(1..).map(|((value, _), n)| format!("{value} AS pgplumb_{n}")).collect();
    let rows =
        format!("SELECT *, tableoid AS pgplumb_table, ctid AS pgplumb_row, {} FROM {from}{within}", values.join(", "));
    let each =
        elements.iter().zip(1..).map(|((_, operator), n)| format!("one.pgplumb_{n} {operator} other.pgplumb_{n}"));
    let condition = format!(
        "EXISTS (SELECT FROM ({rows}) AS other WHERE {} AND (one.pgplumb_table, one.pgplumb_row) <> (other.pgplumb_table, \
         other.pgplumb_row))",
        each.collect::<Vec<_>>().join(" AND ")
    );
    let object = match made.conname.as_str() {
        "" => table.said(),
        name => format!("{}.{}", table.said(), Ident::new(name)),
    };
    let list: Vec<String> = elements.iter().map(|(value, operator)| format!("{value} WITH {operator}")).collect();
    let says = format!("EXCLUDE ({}) of {} is broken by", list.join(", "), table.said());
    let question = Question::new(&rows_exclude_each_other::RULE, &table, format!("({rows}) AS one"), condition);
    Ok(vec![question.object(object).says(says, " and another")])
}

/// What is compared, and with which operator.
fn element(node: &Node) -> Option<(String, String)> {
    let NodeEnum::List(pair) = node.node.as_ref()? else { return None };
    let [element, operator] = pair.items.as_slice() else { return None };
    let NodeEnum::IndexElem(element) = element.node.as_ref()? else { return None };
    let NodeEnum::List(names) = operator.node.as_ref()? else { return None };
    let names: Vec<&str> = names.items.iter().filter_map(string).collect();
    let operator = match names.as_slice() {
        [operator] => (*operator).to_owned(),
        [schema, operator] => format!("OPERATOR({}.{operator})", Ident::new(*schema)),
        _ => return None,
    };
    Some((element_sql(element)?, operator))
}
