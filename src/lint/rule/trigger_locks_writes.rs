//! A trigger is made, switched on or off.

use pg_query::NodeEnum;

use crate::lint::Level;
use crate::lint::rule::{Group, Rule};
use crate::lint::tree::alters;
use crate::observe::lock::Lock;

pub const RULE: Rule = Rule {
    code: "trigger-locks-writes",
    group: Group::Blocks,
    level: Level::Note,
    title: "a trigger that is made or switched waits for all writers",
    why: "CREATE TRIGGER, ENABLE TRIGGER and DISABLE TRIGGER take a SHARE ROW EXCLUSIVE lock: they wait for all who \
          write to the table, and all who want to write later wait behind them.",
    remedy: "Set a short lock_timeout before it and try again until it gets through; there is no weaker form.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let is_trigger = match statement.node() {
                Some(NodeEnum::CreateTrigStmt(_)) => true,
                Some(node) => alters(node).next().is_some() && alters(node).zip(&statement.works)
                    .all(|(_, work)| work.lock == Lock::ShareRowExclusive && work.others.is_empty()
                        && work.foreign_keys.is_empty()),
                None => false,
            };
            let on = statement.effects.tables().filter(|(_, effect)| {
                is_trigger && effect.lock == Lock::ShareRowExclusive && !effect.is_long()
            });
            on.map(|(table, _)| {
                let message = format!("nobody can write to {table} until all who write to it now are done");
                script.on(&RULE, statement, table, message).help("set a short lock_timeout before, and try again")
            })
            .collect()
        })
    }),
};
