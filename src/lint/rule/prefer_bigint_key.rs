//! A numbered key that ends at two billion.

use crate::base::name::Ident;
use crate::lint::Finding;
use crate::lint::Level;
use crate::lint::made::{Column, Made, Table};
use crate::lint::rule::{Group, Rule};
use crate::lint::tree::{self, is_builtin};
use pg_query::NodeEnum;
use pg_query::protobuf::{ConstrType, Node};

pub const RULE: Rule = Rule {
    code: "prefer-bigint-key",
    group: Group::WellMade,
    level: Level::Note,
    title: "a key runs out of numbers",
    why: "An integer key ends at 2,147,483,647, a smallint one at 32,767, and rolled back inserts use numbers up too. \
             On that day every insert fails, and a wider type means that the table and all that refer to it are \
             written anew under an exclusive lock.",
    remedy: "Use bigint for keys that are counted up. Four bytes more are often none, because what follows is aligned \
             to eight.",
    plan: None,
    script: Some(|script| {
        let made = Made::of(script);
        let short = made.tables.iter().flat_map(|table| {
            table.columns.iter().filter(|column| is_counted(table, column)).filter_map(|column| finding(table, column))
        });
        short.collect()
    }),
};

/// Whether it is the key of its table and holds numbers that are given out here: it is the only column of the key, or has
/// a sequence, and refers to no other table.
fn is_counted(table: &Table, column: &Column) -> bool {
    let of_key = |name: &str| table.primary().is_some_and(|key| key.columns().any(|one| one == name));
    let alone = table.primary().is_some_and(|key| key.keys.len() == 1) && of_key(&column.name);
    let refers = table.foreign_keys.iter().any(|key| key.columns.contains(&column.name));
    let numbered = column.definition.type_name.as_ref().is_some_and(|name| is_builtin(name, SERIALS))
        || column.definition.constraints.iter().any(is_identity);
    !refers && !table.is_temporary() && (alone || (numbered && of_key(&column.name)))
}

fn is_identity(node: &Node) -> bool {
    matches!(&node.node, Some(NodeEnum::Constraint(one)) if one.contype() == ConstrType::ConstrIdentity)
}

fn finding(table: &Table, column: &Column) -> Option<Finding> {
    let type_name = column.definition.type_name.as_ref().filter(|name| name.array_bounds.is_empty())?;
    let largest = match tree::type_name(type_name) {
        "int4" | "serial" | "serial4" => "2,147,483,647",
        "int2" | "smallserial" | "serial2" => "32,767",
        _ => return None,
    };
    let name = format!("{}.{}", table.name, Ident::new(&column.name));
    let message = format!("no row can be inserted any more once {name} has reached {largest}");
    let wide = if is_builtin(type_name, SERIALS) { "bigserial, or bigint GENERATED ALWAYS AS IDENTITY" } else { "bigint" };
    let finding = column.statement.finding(&RULE, &name, message).help(format!("write {wide}"));
    Some(column.statement.part_type(finding, type_name.location))
}

const SERIALS: &[&str] = &["serial", "serial4", "smallserial", "serial2"];
