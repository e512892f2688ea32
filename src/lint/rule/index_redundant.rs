//! An index that is the beginning of another.

use crate::lint::Finding;
use crate::lint::Level;
use crate::lint::made::Made;
use crate::lint::made::index::Index;
use crate::lint::rule::{Group, Rule};
use crate::lint::tree::Name;

pub const RULE: Rule = Rule {
    code: "index-redundant",
    group: Group::WellMade,
    level: Level::Note,
    title: "an index is the beginning of another",
    why: "A b-tree on (a, b) also finds rows by a alone. An index on (a) beside it is written at every insert and \
             takes memory, and hardly ever makes anything faster.",
    remedy: "Leave the shorter index out, unless it is much smaller and read very often.",
    plan: None,
    script: Some(|script| {
        let made = Made::of(script);
        let shorter = made.tables.iter().flat_map(|table| {
            table.indexes.iter().filter_map(|index| finding(&table.name, &table.indexes, index))
        });
        shorter.collect()
    }),
};

fn finding(table: &Name, all: &[Index], index: &Index) -> Option<Finding> {
    let longer = all.iter().find(|other| index.is_beginning_of(other))?;
    let message = format!("{} on {table} is the beginning of {}, which finds the same rows", index.words(), longer.words());
    let finding = index.statement.finding(&RULE, &index.object(table), message).help("leave the shorter index out");
    Some(index.statement.part_name(finding, index.location.unwrap_or(-1)))
}
