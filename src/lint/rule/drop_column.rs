//! A column goes, with the values in it.

use pg_query::protobuf::AlterTableType;

use crate::base::name::Ident;
use crate::kind::Key;
use crate::lint::Level;
use crate::lint::rule::generated_replaced::is_replaced;
use crate::lint::rule::{Group, Rule, lost};
use crate::lint::tree::altering;

pub const RULE: Rule = Rule {
    code: "drop-column",
    title: "a column is dropped",
    why: "Its values are gone, also after the down; and a program that still reads it fails from that moment on.",
    remedy: "If it only gets another name, declare that. Otherwise first release programs that do without it. \
             `pgplumb plan --online expand` drops it in two migrations, so that they find nothing to fill in.",
    group: Group::LosesData,
    level: Level::Error,
    plan: Some(|input| lost(input, RULE.code, |key| matches!(key, Key::Column(_)))),
    script: Some(|script| {
        script.each(|statement| {
            let commands = statement.node().into_iter().flat_map(|node| altering(node, AlterTableType::AtDropColumn));
            let about = |(name, command): (crate::lint::tree::Name, &pg_query::protobuf::AlterTableCmd)| {
                let table = script.there(statement, &name)?;
                let known = statement.before.table(&table).is_some();
                let missing = known && statement.before.column(&table, &command.name).is_none();
                let new = script.added_column(statement, &name, &command.name).is_some();
                if missing || new || is_replaced(script, &name, &command.name) {
                    return None;
                }
                let column = Ident::new(&command.name);
                let message = format!("column {table}.{column} is dropped: its values are lost");
                let finding = script.losing(&RULE, statement, &table, message).object(format!("{table}.{column}"));
                Some(finding.help("first release programs that do without it, then drop it in a change of its own"))
            };
            commands.filter_map(about).collect()
        })
    }),
};
