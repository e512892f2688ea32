//! A column gets a type that programs handle in another way.

use std::collections::BTreeSet;

use pg_query::protobuf::{AlterTableType, ColumnDef};

use crate::base::name::{Ident, without_public};
use crate::kind::{Body, Key};
use crate::lint::object::{Class, retyped};
use crate::lint::rule::{Group, Rule};
use crate::lint::script::{Script, Statement};
use crate::lint::state::Column;
use crate::lint::tree::{Name, altering, type_name};
use crate::lint::{Finding, Input, Level};
use crate::plan::action::Verb;

pub const RULE: Rule = Rule {
    code: "column-type-incompatible",
    group: Group::BreaksCode,
    level: Level::Warning,
    title: "a column changes to another sort of type",
    why: "Programs that run while the type changes compare, bind and decode the old one: operators are missing, parameters \
          cannot be cast, and drivers refuse or misread what they get.",
    remedy: "Add a column of the new type under another name, keep the two in step with a trigger, move programs over, and \
             drop the old one.",
    plan: Some(planned),
    script: Some(|script| script.each(|statement| written(script, statement))),
};

fn planned(input: &Input) -> Vec<Finding> {
    let steps = input.up.steps.iter().filter(|step| step.verb == Verb::Alter);
    let altered: BTreeSet<&Key> = steps.flat_map(|step| &step.with).collect();
    let about = |key: &Key| {
        let (Body::Column(was), Body::Column(now)) = (input.live.get(key)?, input.desired.get(key)?) else { return None };
        if family(&was.type_name) == family(&now.type_name) {
            return None;
        }
        let name = without_public(&key.sql());
        let (was, now) = (without_public(&was.type_name), without_public(&now.type_name));
        let message = format!("programs that use {name} as {was} may fail: it is {now} from now on");
        Some(Finding::about(RULE.code, key, message).level(RULE.level))
    };
    altered.into_iter().filter_map(about).collect()
}

fn written(script: &Script, statement: &Statement) -> Vec<Finding> {
    let mut found = Vec::new();
    for (name, command) in statement.node().into_iter().flat_map(|node| altering(node, AlterTableType::AtAlterColumnType)) {
        let new = script.added_column(statement, &name, &command.name).is_some();
        let (Some(table), Some(definition)) = (script.there(statement, &name).filter(|_| !new), retyped(command)) else {
            continue;
        };
        let (was, now) = (statement.before.column(&table, &command.name), statement.after.column(&table, &command.name));
        let change = match (was, now) {
            (Some(was), Some(now)) => (family(&was.type_name) != family(&now.type_name)
                && !(is_enum(statement, was) && is_enum(statement, now)))
            .then(|| format!("as {} may fail: it is {} from now on", was.type_name, now.type_name)),
            // What Postgres cannot cast by itself a program cannot either; but a swap of a type for its like needs it too.
            _ => (definition.raw_default.is_some() && !is_made(script, statement, definition))
                .then(|| "as what it was may fail: its type becomes another".to_owned()),
        };
        let (Some(change), Some(to)) = (change, &definition.type_name) else { continue };
        let column = Ident::new(&command.name);
        let finding = statement.finding(
            &RULE,
            &format!("{table}.{column}"),
            format!("programs that use {table}.{column} {change}"),
        );
        found.push(statement.part(finding, to.location, type_name(to)));
    }
    found
}

fn is_enum(statement: &Statement, column: &Column) -> bool {
    statement.before.enums.iter().any(|known| known.type_name == column.type_name)
}

/// Whether the script itself made the type.
fn is_made(script: &Script, statement: &Statement, definition: &ColumnDef) -> bool {
    let name = definition.type_name.as_ref().and_then(|name| Name::of_list(&name.names));
    name.is_some_and(|name| script.made_before(statement, Class::Type, &name))
}

/// Types that programs take for one another without noticing.
fn family(type_name: &str) -> &str {
    let base = type_name.split('(').next().unwrap_or(type_name).trim_end();
    match base {
        "smallint" | "integer" | "bigint" => "integer",
        "real" | "double precision" => "double precision",
        "character varying" | "character" | "text" | "bpchar" | "citext" | "name" => "text",
        "json" | "jsonb" => "json",
        "inet" | "cidr" => "inet",
        "bit" | "bit varying" => "bit",
        // `timestamp(3) with time zone`
        "timestamp" | "time" => match (base, type_name.ends_with("with time zone")) {
            ("timestamp", true) => "timestamp with time zone",
            ("timestamp", false) => "timestamp without time zone",
            (_, true) => "time with time zone",
            (_, false) => "time without time zone",
        },
        _ if type_name.ends_with("[]") => type_name,
        _ => base,
    }
}

#[cfg(test)]
mod tests {
    use super::family;

    #[test]
    fn types_of_one_sort_are_one_family() {
        assert_eq!(family("character varying(20)"), family("text"));
        assert_eq!(family("numeric(10,2)"), family("numeric"));
        assert_eq!(family("timestamp(3) with time zone"), family("timestamp with time zone"));
        assert_eq!(family("timestamp(3) without time zone"), family("timestamp without time zone"));
        for (one, other) in [
            ("integer", "text"),
            ("integer", "integer[]"),
            ("timestamp without time zone", "timestamp with time zone"),
            ("integer", "numeric(10,2)"),
        ] {
            assert_ne!(family(one), family(other));
        }
    }
}
