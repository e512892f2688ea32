//! The tables above and below a table, whether by INHERITS or as partitions.

use std::collections::BTreeSet;

use crate::kind::facts::Facts;
use crate::kind::table::{inheritance, partition};
use crate::kind::{Key, Site};

/// The tables that this one inherits from or is a partition of.
pub fn parents<'a>(facts: &'a Facts, table: &'a Key) -> impl Iterator<Item = Key> + 'a {
    inheritance::parent_tables(facts, table).chain(partition::parent_table(facts, table))
}

/// The partitions of this table, and the tables that inherit from it.
pub fn children<'a>(facts: &'a Facts, table: &'a Key) -> impl Iterator<Item = &'a Key> {
    let partitions = facts.attachments(table).filter(|(key, _)| matches!(key, Key::Partition(_)));
    partitions.filter_map(|(key, _)| key.on()).chain(inheritance::child_tables(facts, table))
}

/// The same, and those under them.
pub fn below(facts: &Facts, table: &Key) -> BTreeSet<Key> {
    let (mut found, mut open) = (BTreeSet::new(), vec![table.clone()]);
    while let Some(table) = open.pop() {
        let new = children(facts, &table).filter(|child| found.insert((*child).clone()));
        open.extend(new.cloned());
    }
    found
}

/// Whether the table is taken from under its parent: what it has is its own from then on.
pub fn is_detached(at: &Site, table: &Key, dropped: &dyn Fn(&Key) -> bool) -> bool {
    let mut places = at.here.standing_on(table).map(|(key, _)| key);
    places.any(|key| matches!(key, Key::Partition(_) | Key::Inheritance(_)) && dropped(key))
}

/// The columns, of either state, of a table and of what it is under by way of this parent.
pub fn columns_between(at: &Site, table: &Key, parent: Key) -> Vec<Key> {
    let (mut found, mut open) = (columns(at, table), vec![parent]);
    while let Some(table) = open.pop() {
        found.extend(columns(at, &table));
        open.extend(parents(at.here, &table));
    }
    found
}

fn columns(at: &Site, table: &Key) -> Vec<Key> {
    let both = at.here.standing_on(table).chain(at.there.standing_on(table)).map(|(key, _)| key);
    both.filter(|key| matches!(key, Key::Column(_))).cloned().collect()
}
