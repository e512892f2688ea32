//! A column that always had a value may be empty from now on.

use pg_query::protobuf::{AlterTableCmd, AlterTableType};

use crate::base::name::Ident;
use crate::lint::Level;
use crate::lint::rule::{Group, Rule};
use crate::lint::tree::{Name, altering};

pub const RULE: Rule = Rule {
    code: "not-null-dropped",
    group: Group::BreaksCode,
    level: Level::Warning,
    title: "a column may be empty from now on",
    why: "Programs that read the column have never seen NULL in it: typed drivers fail to decode it, comparisons and sums \
          silently leave such rows out.",
    remedy: "First release programs that expect NULL. If it means something, a default that says so may serve better.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let commands = statement.node().into_iter().flat_map(|node| altering(node, AlterTableType::AtDropNotNull));
            let about = |(name, command): (Name, &AlterTableCmd)| {
                let new = script.added_column(statement, &name, &command.name).is_some();
                let table = script.there(statement, &name).filter(|_| !new)?;
                if statement.before.column(&table, &command.name).is_some_and(|column| !column.not_null) {
                    return None;
                }
                let column = Ident::new(&command.name);
                let message = format!("programs that read {table}.{column} may meet NULL there from now on");
                Some(statement.finding(&RULE, &format!("{table}.{column}"), message))
            };
            commands.filter_map(about).collect()
        })
    }),
};
