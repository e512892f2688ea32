//! A partition goes, with its rows.

use pg_query::protobuf::ObjectType;

use crate::lint::Level;
use crate::lint::object::dropped;
use crate::lint::rule::{Group, Rule};
use crate::lint::script::Statement;
use crate::observe::relation::Relation;

pub const RULE: Rule = Rule {
    code: "partition-dropped",
    group: Group::LosesData,
    level: Level::Error,
    title: "a partition is dropped",
    why: "Its rows are gone. DROP TABLE also takes an ACCESS EXCLUSIVE lock on the partitioned table, which waits for all \
          that runs on any of its partitions, and everybody waits behind it.",
    remedy: "DETACH PARTITION CONCURRENTLY keeps the rows in a table of their own and lets everybody go on. Archive that \
             table, and drop it in a later change.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let tables = dropped(statement, &[ObjectType::ObjectTable]);
            let there = tables.iter().filter_map(|name| script.there(statement, name));
            there
                .filter_map(|table| {
                    let of = parent(statement, &table)?;
                    let message = format!("partition {table} is dropped: its rows are lost, and nobody reads {of} meanwhile");
                    let finding = script.losing(&RULE, statement, &table, message);
                    Some(finding.help(format!("ALTER TABLE {of} DETACH PARTITION {table} CONCURRENTLY, and drop it later")))
                })
                .collect()
        })
    }),
};

/// The table that it was a partition of, as a person names it.
pub(super) fn parent<'s>(statement: &'s Statement, table: &Relation) -> Option<&'s str> {
    statement.before.table(table)?.partition_of.as_deref()
}
