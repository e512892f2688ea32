//! A type that cannot hold every value that the old one could.

use pg_query::NodeEnum;
use pg_query::protobuf::{AlterTableType, TypeName};

use crate::base::name::{Ident, without_public};
use crate::grade::Cause;
use crate::grade::narrowing::Types;
use crate::lint::object::{Class, renamed, retyped};
use crate::lint::rule::{Group, Rule};
use crate::lint::script::{Script, Statement};
use crate::lint::state::Column;
use crate::lint::tree::{altering, type_name};
use crate::lint::{Finding, Level};

pub const RULE: Rule = Rule {
    code: "type-narrowing",
    title: "a type becomes narrower",
    why: "A cast to a narrower type cuts, rounds or refuses values; those that it cuts or rounds do not come back.",
    remedy: "Look for values that do not fit first, and keep the wider type with a CHECK where that says what is \
             meant.",
    group: Group::LosesData,
    level: Level::Error,
    plan: Some(|input| {
        let narrowed = |loss: &crate::grade::Loss| {
            let Cause::Narrowed { from, to } = &loss.cause else { return None };
            let name = without_public(&loss.key.to_string());
            let message =
                format!("{name} changes from {from} to {to}: values that do not fit are cut, rounded or refused");
            Some(Finding::about(RULE.code, &loss.key, message))
        };
        input.losses.iter().filter_map(narrowed).collect()
    }),
    script: Some(|script| script.each(|statement| narrowed(script, statement))),
};

/// By the types that Postgres says the column had before and has now; where nothing was run, by the new type alone.
fn narrowed(script: &Script, statement: &Statement) -> Vec<Finding> {
    let mut found = Vec::new();
    for (name, command) in statement.node().into_iter().flat_map(|node| altering(node, AlterTableType::AtAlterColumnType)) {
        let Some(table) = script.there(statement, &name) else { continue };
        let Some(definition) = retyped(command).filter(|_| script.added_column(statement, &name, &command.name).is_none())
        else {
            continue;
        };
        let Some(definition_type) = &definition.type_name else { continue };
        let (was, now) = (statement.before.column(&table, &command.name), statement.after.column(&table, &command.name));
        let (change, level) = match (was, now) {
            (Some(was), Some(now)) if holds(script, statement, was, now) => continue,
            (Some(was), Some(now)) => (format!("changes from {} to {}", was.type_name, now.type_name), RULE.level),
            // As often as not it becomes wider.
            _ if bounded(definition_type) => ("may become narrower".to_owned(), RULE.level.max(Level::Warning)),
            _ => continue,
        };
        let column = Ident::new(&command.name);
        let message = format!("{table}.{column} {change}: values that do not fit are cut, rounded or refused");
        let finding = script.losing(&RULE, statement, &table, message).object(format!("{table}.{column}"));
        let finding = Finding { level: finding.level.max(level), ..finding };
        found.push(statement.part(finding, definition_type.location, type_name(definition_type)));
    }
    found
}

/// Whether every value of the old type is one of the new one.
fn holds(script: &Script, statement: &Statement, was: &Column, now: &Column) -> bool {
    let known = |column: &Column| statement.before.enums.iter().find(|known| known.type_name == column.type_name);
    if let (Some(was), Some(now)) = (known(was), known(now)) {
        // What one lacks that takes the other's name, another rule says, value by value.
        let swapped = |other: &Statement| matches!(other.node(), Some(NodeEnum::RenameStmt(rename)) if renamed(rename).is_some_and(|(class, _)| class == Class::Type));
        return was.labels.iter().all(|label| now.labels.contains(label)) || script.statements.iter().any(swapped);
    }
    let enums = statement.after.enums.iter().map(|known| known.type_name.clone());
    Types::with_enums(enums).holds_all(&was.type_name, &now.type_name)
}

/// Types that hardly any other fits into.
fn bounded(name: &TypeName) -> bool {
    match type_name(name) {
        "int2" | "float4" | "date" | "time" | "timetz" => true,
        "varchar" | "bpchar" | "numeric" | "bit" => !name.typmods.is_empty(),
        _ => false,
    }
}
