//! A schema goes, with everything in it.

use pg_query::protobuf::ObjectType;

use crate::base::name::Ident;
use crate::kind::Key;
use crate::lint::object::{self, Class};
use crate::lint::rule::{Group, Rule, dropped, listed};
use crate::lint::{Finding, Level};

pub const RULE: Rule = Rule {
    code: "drop-schema",
    title: "a schema is dropped",
    why: "What is in it is dropped first, managed or not known to anyone; whoever has it in a search path misses it.",
    remedy: "If it only gets another name, declare that. If it is somebody else's, leave it out with \
             `exclude.schemas`.",
    group: Group::LosesData,
    level: Level::Error,
    plan: Some(|input| {
        let schemas = dropped(input, |key| matches!(key, Key::Schema(_)));
        schemas.into_iter().map(|key| Finding::about(RULE.code, key, format!("{key} is dropped"))).collect()
    }),
    script: Some(|script| {
        script.each(|statement| {
            let schemas = object::dropped(statement, &[ObjectType::ObjectSchema]);
            let there = schemas.iter().filter(|name| !script.made_before(statement, Class::Schema, name));
            there
                .map(|name| {
                    let schema = Ident::new(&name.name);
                    let all = &statement.effects.dropped;
                    let inside = all.iter().filter(|gone| gone.schema == name.name && gone.is_table());
                    let tables: Vec<String> = inside.map(ToString::to_string).collect();
                    let rows = if tables.is_empty() { String::new() } else { format!(", with {}", listed(&tables)) };
                    let message = format!("schema {schema} is dropped{rows}");
                    let finding = statement.finding(&RULE, &schema.to_string(), message);
                    finding.help("rename it out of the way now, and drop it once nobody has missed it")
                })
                .collect()
        })
    }),
};
