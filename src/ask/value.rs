//! Values that do not survive another type: they do not convert, are no label of the enum that it becomes, or are cut.

use pg_query::NodeEnum;
use pg_query::protobuf::{AConst, ColumnDef, ColumnRef, Node, RangeVar, TypeName, a_const};

use crate::ask::expression::{cast, sql, type_sql};
use crate::ask::question::{Question, Test};
use crate::ask::scene::Scene;
use crate::ask::table::{Column, Table};
use crate::base::name::{Ident, literal};
use crate::db::error::DbError;
use crate::grade::narrowing::Types;
use crate::lint::rule::{rows_are_cut, rows_do_not_cast, rows_hold_removed_value};
use crate::lint::tree::{Name, type_name};

/// `typcategory` of the types whose values can be compared on the way there and back: numbers, strings, times, spans.
const COMPARED: [&str; 4] = ["N", "S", "D", "T"];

/// ALTER COLUMN TYPE; USING stands in the default of the definition.
pub(super) fn questions(
    range: &RangeVar,
    name: &str,
    definition: &ColumnDef,
    scene: &mut Scene,
) -> Result<Vec<Question>, DbError> {
    let Some(to) = &definition.type_name else { return Ok(Vec::new()) };
    let Some(table) = scene.table(range)? else { return Ok(Vec::new()) };
    let object = table.dotted(name);
    let Some(column) = table.column(name) else { return Ok(Vec::new()) };
    let value = definition.raw_default.as_deref().cloned().unwrap_or_else(|| reference(name));
    let made = Name::of_list(&to.names).and_then(|name| scene.state.types.get(&name).cloned());
    let found = match made {
        Some(labels) if !labels.is_empty() => of_enum(&table, column, &value, to, &labels).map(|one| vec![one]),
        Some(_) => None,
        None => of_cast(&table, column, &value, to, definition.raw_default.is_some()),
    };
    Ok(found.unwrap_or_else(|| {
        scene.cannot(&object, format!("whether {object} converts is not asked: its new type is made before"));
        Vec::new()
    }))
}

/// A new enum under the name: what the column holds must be one of its labels.
fn of_enum(table: &Table, column: &Column, value: &Node, to: &TypeName, labels: &[String]) -> Option<Question> {
    let value = match &value.node {
        // The new type is not there yet.
        Some(NodeEnum::TypeCast(cast)) if cast.type_name.as_ref().map(type_name) == Some(type_name(to)) => {
            cast.arg.as_deref()?
        }
        _ => value,
    };
    let list = labels.iter().map(|label| literal(label)).collect::<Vec<_>>().join(", ");
    let text = sql(value)?;
    let condition = if to.array_bounds.is_empty() {
        format!("({text})::pg_catalog.text NOT IN ({list})")
    } else {
        format!("NOT (({text})::pg_catalog.text[] <@ ARRAY[{list}])")
    };
    let object = table.dotted(&column.name);
    let rule = if column.is_enum { &rows_hold_removed_value::RULE } else { &rows_do_not_cast::RULE };
    let says = format!("{object} becomes {}, which has no value like that of", type_sql(to)?);
    Some(Question::new(rule, table, table.all(), condition).object(object).says(says, ""))
}

/// A type that is there. It is tried whether every value converts, and, where that means something, whether it comes
/// back the same.
fn of_cast(table: &Table, column: &Column, value: &Node, to: &TypeName, written: bool) -> Option<Vec<Question>> {
    if !written && spelled(to).is_some_and(|to| Types::with_enums([]).holds_all(&column.type_name, &to)) {
        return Some(Vec::new());
    }
    let (object, name) = (table.dotted(&column.name), Ident::new(column.name.as_str()));
    let (expression, type_name, text) = (sql(&cast(value, to))?, type_sql(to)?, sql(value)?);
    let says = format!("{object} becomes {type_name}, to which the value does not convert in");
    let mut fails = Question::new(&rows_do_not_cast::RULE, table, table.all(), String::new());
    fails.test = Test::Fails { value: text, type_name: type_name.clone(), expression: expression.clone() };
    let mut found = vec![fails.object(object.clone()).says(says, "")];
    if is_plain(value, &column.name) && COMPARED.contains(&column.category.as_str()) && same_category(column, to) {
        let back = format!("({expression})::{} IS DISTINCT FROM {name}", column.type_name);
        let says = format!("{object} becomes {type_name}, which cuts or rounds the value in");
        let cut = Question::new(&rows_are_cut::RULE, table, table.all(), back);
        found.push(Question { once_clean: true, ..cut.object(object).says(says, "") });
    }
    Some(found)
}

fn reference(column: &str) -> Node {
    let name = pg_query::protobuf::String { sval: column.to_owned() };
    let fields = vec![Node { node: Some(NodeEnum::String(name)) }];
    Node { node: Some(NodeEnum::ColumnRef(ColumnRef { fields, location: -1 })) }
}

/// Whether it is the column itself, or casts of it.
fn is_plain(value: &Node, name: &str) -> bool {
    match &value.node {
        Some(NodeEnum::TypeCast(cast)) => cast.arg.as_deref().is_some_and(|arg| is_plain(arg, name)),
        Some(NodeEnum::ColumnRef(_)) => sql(value) == Some(Ident::new(name).to_string()),
        _ => false,
    }
}

fn same_category(column: &Column, to: &TypeName) -> bool {
    let category = match type_name(to) {
        "int2" | "int4" | "int8" | "numeric" | "float4" | "float8" => "N",
        "varchar" | "bpchar" | "text" | "name" => "S",
        "date" | "timestamp" | "timestamptz" | "time" | "timetz" => "D",
        "interval" => "T",
        _ => return false,
    };
    to.array_bounds.is_empty() && column.category == category
}

/// The type as `format_type` prints it, for those whose values are often known to fit.
fn spelled(name: &TypeName) -> Option<String> {
    let base = match type_name(name) {
        "int2" => "smallint",
        "int4" => "integer",
        "int8" => "bigint",
        "varchar" => "character varying",
        base @ ("numeric" | "text") => base,
        _ => return None,
    };
    let modifiers: Vec<String> = name.typmods.iter().filter_map(number).collect();
    let array = if name.array_bounds.is_empty() { "" } else { "[]" };
    let inside = if modifiers.is_empty() { String::new() } else { format!("({})", modifiers.join(",")) };
    (modifiers.len() == name.typmods.len()).then(|| format!("{base}{inside}{array}"))
}

fn number(node: &Node) -> Option<String> {
    match node.node.as_ref()? {
        NodeEnum::AConst(AConst { val: Some(a_const::Val::Ival(number)), .. }) => Some(number.ival.to_string()),
        _ => None,
    }
}
