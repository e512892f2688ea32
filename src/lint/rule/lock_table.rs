//! LOCK TABLE in a mode that makes others wait.

use pg_query::NodeEnum;

use crate::lint::Level;
use crate::lint::rule::{Group, Rule};
use crate::observe::lock::Stops;

pub const RULE: Rule = Rule {
    code: "lock-table",
    group: Group::Blocks,
    level: Level::Warning,
    title: "a table is locked by hand",
    why: "LOCK TABLE holds its lock to the end of the transaction, whatever the rest of it does and however long that \
          takes.",
    remedy: "Leave the locking to the statements that need it, each of which takes the weakest lock that will do; or \
             keep the transaction short and set a lock_timeout.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| match statement.node() {
            Some(NodeEnum::LockStmt(_)) => {
                let on = statement.effects.on.iter().filter(|(relation, effect)| relation.is_table() && effect.lock.blocks());
                on.map(|(table, effect)| {
                    let who = if effect.lock.stops() == Stops::Everybody { "read or write" } else { "write to" };
                    let message = format!("nobody can {who} {table} until the end of the transaction");
                    script.on(&RULE, statement, table, message).help("leave it out, or keep the transaction short")
                })
                .collect()
            }
            _ => Vec::new(),
        })
    }),
};
