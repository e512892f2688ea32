//! A domain in use gets a constraint.

use pg_query::NodeEnum;

use crate::lint::Level;
use crate::lint::rule::{Group, Rule};
use crate::lint::tree::Name;
use crate::observe::relation::RelationKind;

pub const RULE: Rule = Rule {
    code: "domain-constraint-scans",
    group: Group::Blocks,
    level: Level::Error,
    title: "a constraint of a domain reads all tables that use it",
    why: "Each table with a column of the domain is read in full under a SHARE lock: nobody can insert, update or \
          delete in any of them until all are done.",
    remedy: "Add the constraint NOT VALID, which holds for new values at once and reads nothing, and validate it \
             later, when little is written: ALTER DOMAIN ... VALIDATE CONSTRAINT reads the tables under the same \
             lock. Where that is too long, put a CHECK on each table, NOT VALID, and validate that.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let Some(NodeEnum::AlterDomainStmt(alter)) = statement.node() else { return Vec::new() };
            let Some(domain) = Name::of_list(&alter.type_name) else { return Vec::new() };
            let on = statement.effects.on.iter().filter(|(_, effect)| effect.blocks_long());
            on.map(|(relation, _)| {
                let tables = match relation.kind {
                    RelationKind::CompositeType => "the tables that use it".to_owned(),
                    _ => relation.to_string(),
                };
                let message = format!("nobody can write to {tables} while all values of {domain} are checked");
                script.on(&RULE, statement, relation, message).help("add it NOT VALID, and validate it while little is written")
            })
            .collect()
        })
    }),
};
