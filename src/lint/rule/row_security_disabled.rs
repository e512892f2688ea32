//! Row security is taken off a table.

use pg_query::protobuf::{AlterTableCmd, AlterTableStmt, AlterTableType};

use crate::lint::Level;
use crate::lint::rule::{Group, Rule};
use crate::lint::tree::{Name, alters};

pub const RULE: Rule = Rule {
    code: "row-security-disabled",
    group: Group::Secure,
    level: Level::Error,
    title: "row security is disabled",
    why: "From the moment of the commit whoever has a privilege on the table sees and changes all of its rows: the policies \
          are still listed, and no longer asked.",
    remedy: "Change the policies instead, or give the one role that must see everything BYPASSRLS or a policy of its own.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let about = |(alter, command): (&AlterTableStmt, &AlterTableCmd)| {
                let (says, level) = match command.subtype() {
                    AlterTableType::AtDisableRowSecurity => ("whoever has a privilege on", RULE.level),
                    AlterTableType::AtNoForceRowSecurity => ("the owner of", RULE.level.max(Level::Warning)),
                    _ => return None,
                };
                let table = script.there(statement, &Name::of(alter.relation.as_ref()?))?;
                let owner = command.subtype() == AlterTableType::AtNoForceRowSecurity;
                let known = statement.before.table(&table);
                if known.is_some_and(|table| !table.row_security || (owner && !table.forced)) {
                    return None;
                }
                let message = format!("{says} {table} gets at all of its rows");
                Some(statement.finding(&RULE, &table.to_string(), message).level(level))
            };
            statement.node().into_iter().flat_map(alters).filter_map(about).collect()
        })
    }),
};
