//! Two indexes on the same columns.

use crate::lint::Finding;
use crate::lint::Level;
use crate::lint::made::Made;
use crate::lint::made::index::Index;
use crate::lint::rule::{Group, Rule};
use crate::lint::tree::Name;

pub const RULE: Rule = Rule {
    code: "index-duplicate",
    group: Group::WellMade,
    level: Level::Note,
    title: "two indexes are the same",
    why: "Each index is written at every insert and at most updates, kept in memory and cleaned by VACUUM. One that \
             is the same as another costs all of that and finds nothing that the other does not.",
    remedy: "Leave one of them out. A primary key and a UNIQUE constraint bring their own index.",
    plan: None,
    script: Some(|script| {
        let made = Made::of(script);
        let doubles = made.tables.iter().flat_map(|table| {
            let double = move |(number, index): (usize, &Index)| finding(&table.name, &table.indexes[..number], index);
            table.indexes.iter().enumerate().filter_map(double)
        });
        doubles.collect()
    }),
};

/// About an index that does no more than one made before it.
fn finding(table: &Name, before: &[Index], index: &Index) -> Option<Finding> {
    let other = before.iter().find(|other| other.is_same(index))?;
    let message = format!("{} on {table} finds nothing that {} does not", index.words(), other.words());
    let finding = index.statement.finding(&RULE, &index.object(table), message).help("leave one of them out");
    Some(index.statement.part_name(finding, index.location.unwrap_or(-1)))
}
