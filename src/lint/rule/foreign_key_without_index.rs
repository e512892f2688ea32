//! A foreign key whose columns no index begins with.

use crate::base::name::Ident;
use crate::base::wording::listed;
use crate::lint::Finding;
use crate::lint::Level;
use crate::lint::made::{ForeignKey, Made, Table};
use crate::lint::rule::{Group, Rule};
use crate::lint::tree::Name;

pub const RULE: Rule = Rule {
    code: "foreign-key-without-index",
    group: Group::WellMade,
    level: Level::Note,
    title: "a foreign key has no index",
    why: "Each time a row of the other table is deleted, or its key changes, Postgres looks for rows that refer to \
             it. Without an index on the referring columns it reads this whole table each time, and holds the other \
             row locked as long.",
    remedy: "Create an index that begins with the columns of the foreign key. Where the other table never loses a \
             row, allow it.",
    plan: None,
    script: Some(|script| {
        let made = Made::of(script);
        let keys = made.tables.iter().flat_map(|table| table.foreign_keys.iter().map(move |key| (table, key)));
        keys.filter(|(table, key)| lacks_index(table, key)).map(|(table, key)| finding(table, key)).collect()
    }),
};

/// Whether it is known that no index serves the key: the script makes the table or one of the columns, so that all their
/// indexes are its own.
fn lacks_index(table: &Table, key: &ForeignKey) -> bool {
    let known = !table.takes_more() || (table.created.is_none() && key.columns.iter().any(|column| table.makes(column)));
    known && !table.is_temporary() && !table.indexes.iter().any(|index| index.begins_with(&key.columns))
}

fn finding(table: &Table, key: &ForeignKey) -> Finding {
    let other = key.constraint.pktable.as_ref().map(|other| Name::of(other).to_string()).unwrap_or_default();
    let columns: Vec<String> = key.columns.iter().map(|column| Ident::new(column).to_string()).collect();
    let object = format!("{}.{}", table.name, columns.join(","));
    let message =
        format!("a row deleted from {other} makes Postgres read all of {}: no index begins with {}", table.name, listed(&columns));
    let help = format!("CREATE INDEX ON {} ({})", table.name, columns.join(", "));
    let finding = key.statement.finding(&RULE, &object, message).help(help);
    key.statement.part_name(finding, key.constraint.location)
}
