//! A column's type changes in a way that writes all rows anew.

use pg_query::protobuf::AlterTableType;

use crate::base::name::Ident;
use crate::lint::Level;
use crate::lint::rule::{Group, Rule};
use crate::lint::tree::altering;

pub const RULE: Rule = Rule {
    code: "type-rewrites",
    group: Group::Blocks,
    level: Level::Error,
    title: "a column's new type writes the table anew",
    why: "Unless the two types share their representation, ALTER COLUMN TYPE writes every row and every index anew under \
          an ACCESS EXCLUSIVE lock: nobody can even read until it is done.",
    remedy: "Add a column of the new type, keep both in step with a trigger, fill the old rows in batches, and swap the \
             names in one short transaction.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let commands =
                statement.node().into_iter().flat_map(|node| altering(node, AlterTableType::AtAlterColumnType));
            let about = |(name, command): (crate::lint::tree::Name, &pg_query::protobuf::AlterTableCmd)| {
                let rewritten = statement.blocks_long().filter(|(_, effect)| effect.rewritten);
                let column = Ident::new(&command.name);
                let message = format!("all rows of {name} are written anew for the new type of {column}");
                rewritten
                    .map(|(table, _)| {
                        let finding = script.on(&RULE, statement, table, message.clone());
                        crate::lint::Finding { object: format!("{}.{column}", finding.object), ..finding }
                            .help("add a column of the new type, fill it in batches, and swap the two")
                    })
                    .collect::<Vec<_>>()
            };
            commands.flat_map(about).collect()
        })
    }),
};
