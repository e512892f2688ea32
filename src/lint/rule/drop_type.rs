//! A type goes for good.

use pg_query::protobuf::ObjectType;

use crate::base::name::without_public;
use crate::kind::Key;
use crate::lint::object::{self, Class};
use crate::lint::rule::{Group, Rule, dropped};
use crate::lint::{Finding, Level};

pub const RULE: Rule = Rule {
    code: "drop-type",
    title: "a type is dropped",
    why: "Programs that send or expect it by name fail, and so do functions whose bodies mention it.",
    remedy: "If it only gets another name, declare that. Otherwise make sure that nobody casts to it any more.",
    group: Group::LosesData,
    level: Level::Error,
    plan: Some(|input| {
        let types = |key: &Key| {
            matches!(key, Key::BaseType(_) | Key::Enum(_) | Key::Domain(_) | Key::Composite(_) | Key::Range(_))
        };
        let finding =
            |key: &Key| Finding::about(RULE.code, key, format!("{} is dropped", without_public(&key.to_string())));
        dropped(input, types).into_iter().map(finding).collect()
    }),
    script: Some(|script| {
        script.each(|statement| {
            let types = object::dropped(statement, &[ObjectType::ObjectType, ObjectType::ObjectDomain]);
            // One that comes back under its name was swapped for another: what that loses, other rules say.
            let stays_gone = |name: &&crate::lint::tree::Name| {
                !script.made_before(statement, Class::Type, name) && !script.made_after(statement, Class::Type, name)
            };
            let gone = types.iter().filter(stays_gone);
            gone.map(|name| {
                let message = format!("type {name} is dropped: programs that send or expect it by name fail");
                statement.finding(&RULE, &name.to_string(), message)
            })
            .collect()
        })
    }),
};
