//! A table goes, with its rows.

use pg_query::protobuf::ObjectType;

use crate::kind::Key;
use crate::lint::Level;
use crate::lint::object::dropped;
use crate::lint::rule::partition_dropped::parent;
use crate::lint::rule::{Group, Rule, lost};

pub const RULE: Rule = Rule {
    code: "drop-table",
    title: "a table is dropped",
    why: "Its rows are gone, also after the down. A table that is dropped and created again is empty.",
    remedy: "If it only gets another name, declare that. Otherwise rename it out of the way first, and drop it later, or let \
             `pgplumb plan --online expand` write two migrations.",
    group: Group::LosesData,
    level: Level::Error,
    plan: Some(|input| lost(input, RULE.code, |key| matches!(key, Key::Table(_)))),
    script: Some(|script| {
        script.each(|statement| {
            let tables = dropped(statement, &[ObjectType::ObjectTable]);
            let there = tables.iter().filter_map(|name| script.there(statement, name));
            there
                .filter(|table| parent(statement, table).is_none())
                .map(|table| {
                    let message = format!("table {table} is dropped: its rows are lost");
                    script
                        .losing(&RULE, statement, &table, message)
                        .help("rename it out of the way now, and drop it once nobody has missed it")
                })
                .collect()
        })
    }),
};
