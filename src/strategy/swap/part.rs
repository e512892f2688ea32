//! What is a part of a table, and what only needs it and is made again on the one that takes its name.

use std::collections::BTreeSet;

use crate::base::name::Ident;
use crate::catalog::Catalog;
use crate::kind::key::Scoped;
use crate::kind::table::table_key;
use crate::kind::{Body, Key};
use crate::plan::dependency::Dependencies;
use crate::strategy::swap::{NEW, OLD, beside};

/// What goes to the other table in the transaction of the exchange: foreign keys, views, functions that take its rows,
/// policies of other tables, triggers, and its place in publications.
///
/// # Errors
/// What needs the table and cannot be made again while others wait, for a person.
pub fn tied(state: &Catalog, other: &Catalog, tables: &BTreeSet<Key>) -> Result<BTreeSet<Key>, String> {
    let uses = Dependencies::of(state, &other.facts);
    let own = own(state, tables);
    let mut open: Vec<Key> = own.iter().filter(|key| moves(state, key)).cloned().collect();
    for user in own.iter().flat_map(|key| uses.used_by(key)).filter(|user| !own.contains(*user)) {
        if !counts(user) {
            allowed(state, user)?;
            open.push(user.clone());
        }
    }
    let mut tied = BTreeSet::new();
    while let Some(key) = open.pop() {
        for user in uses.used_by(&key).filter(|user| !own.contains(*user) || moves(state, user)) {
            if !tied.contains(user) {
                allowed(state, user)?;
                open.push(user.clone());
            }
        }
        tied.insert(key);
    }
    Ok(tied)
}

/// All that stands on these tables and their partitions, and their indexes and statistics.
pub fn own(state: &Catalog, tables: &BTreeSet<Key>) -> BTreeSet<Key> {
    let mut tables = tables.clone();
    loop {
        let more = tables.iter().flat_map(|table| state.facts.attachments(table)).map(|(key, _)| key.root().clone());
        let more: BTreeSet<Key> = more.filter(|key| !tables.contains(key)).collect();
        if more.is_empty() {
            break;
        }
        tables.extend(more);
    }
    let of = |key: &Key| {
        let root = key.root();
        tables.contains(root) || table_of(state, root).is_some_and(|table| tables.contains(&table))
    };
    state.facts.keys().filter(|key| of(key)).cloned().collect()
}

/// The table of an index or of statistics.
fn table_of(state: &Catalog, key: &Key) -> Option<Key> {
    match state.facts.get(key)? {
        Body::Index(index) => Some(table_key(key.schema()?.as_str(), index.table.as_str())),
        Body::Statistics(body) => Some(table_key(body.table_schema.as_str(), body.table_name.as_str())),
        _ => None,
    }
}

/// Whether this stands on a table, and holds or acts for one alone of the two.
pub fn moves(state: &Catalog, key: &Key) -> bool {
    match state.facts.get(key) {
        Some(Body::Trigger(_) | Body::TriggerCopy(_)) => true,
        // Before 18 one of a partitioned table cannot be NOT VALID.
        Some(Body::Constraint(body)) => body.contype == "f" && !is_of_partitioned(state, key),
        _ => match key {
            Key::Comment(_) | Key::PartComment(_) => key.on().is_some_and(|on| moves(state, on)),
            _ => false,
        },
    }
}

fn is_of_partitioned(state: &Catalog, key: &Key) -> bool {
    let partitioned = |table: &Body| matches!(table, Body::Table(table) if table.partition_by.is_some());
    key.on().and_then(|table| state.facts.get(table)).is_some_and(partitioned)
}

/// Who owns a sequence changes with the rest of its numbering.
fn counts(key: &Key) -> bool {
    matches!(key, Key::OwnedBy(_))
}

fn allowed(state: &Catalog, key: &Key) -> Result<(), String> {
    let fits = match state.facts.get(key) {
        Some(Body::Constraint(body)) => body.contype == "f" && !is_of_partitioned(state, key),
        Some(Body::Rule(_)) => matches!(key.root(), Key::View(_)),
        _ => matches!(
            key,
            Key::View(_)
                | Key::RelationColumn(_)
                | Key::Function(_)
                | Key::Procedure(_)
                | Key::Policy(_)
                | Key::Trigger(_)
                | Key::TriggerCopy(_)
                | Key::PublicationTable(_)
                | Key::Comment(_)
                | Key::PartComment(_)
                | Key::Owner(_)
                | Key::Acl(_)
        ),
    };
    let standing = || matches!(key, Key::Default(_)) && matches!(key.root(), Key::View(_));
    if fits || standing() { Ok(()) } else { Err(format!("{key} needs it")) }
}

/// A name that is exchanged along with that of its table.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Named {
    pub table: Key,
    /// `CONSTRAINT`, or what ALTER calls it: `INDEX`.
    noun: &'static str,
    schema: Ident,
    name: String,
}

impl Named {
    /// What stands on this table and has a name in its schema.
    pub fn of(state: &Catalog, table: &Key, shared: &BTreeSet<Key>) -> BTreeSet<Self> {
        let mut found = BTreeSet::new();
        let schema = table.schema().cloned().unwrap_or_else(|| Ident::new("public"));
        let mut add = |noun, schema: &Ident, name: &str| {
            found.insert(Self { table: table.clone(), noun, schema: schema.clone(), name: name.to_owned() });
        };
        for key in own(state, &BTreeSet::from([table.clone()])) {
            let on_itself = key.root() == table || table_of(state, &key).as_ref() == Some(table);
            match state.facts.get(&key).filter(|_| on_itself) {
                Some(Body::Constraint(body)) if body.has_index() => add("CONSTRAINT", &schema, key.name()),
                Some(Body::Index(_)) => add("INDEX", &schema, key.name()),
                Some(Body::Statistics(_)) => add("STATISTICS", key.schema().unwrap_or(&schema), key.name()),
                Some(Body::Identity(body)) => {
                    add("SEQUENCE", &body.sequence_schema, body.sequence_name.as_str());
                }
                _ => {}
            }
        }
        for sequence in sequences(state, table).iter().filter(|sequence| !shared.contains(*sequence)) {
            add("SEQUENCE", sequence.schema().unwrap_or(&schema), sequence.name());
        }
        found
    }

    /// Whether both would have one name.
    pub fn meets(&self, other: &Self) -> bool {
        let statistics = |named: &Self| named.noun == "STATISTICS";
        (&self.schema, &self.name) == (&other.schema, &other.name) && statistics(self) == statistics(other)
    }

    /// The name that it has with this suffix, in a schema.
    pub fn aside(&self, suffix: &str) -> Key {
        beside(&Key::Index(Scoped::new(self.schema.as_str(), &self.name)), suffix)
    }

    /// Whether this is the sequence with that name, as SQL writes it.
    pub fn aside_of(&self, sequence: &str) -> bool {
        self.noun == "SEQUENCE" && Key::Index(Scoped::new(self.schema.as_str(), &self.name)).sql() == sequence
    }

    /// From its name to the one with the suffix, or back, while its table has this name.
    pub fn rename(&self, table: &Key, suffix: &str, forth: bool) -> String {
        let own = Key::Index(Scoped::new(self.schema.as_str(), &self.name));
        let aside = self.aside(suffix);
        let (from, to) = if forth { (own, aside) } else { (aside, own) };
        let to = Ident::new(to.name());
        match self.noun {
            "CONSTRAINT" => {
                format!("ALTER TABLE {} RENAME CONSTRAINT {} TO {to}", table.sql(), Ident::new(from.name()))
            }
            noun => format!("ALTER {noun} {} RENAME TO {to}", from.sql()),
        }
    }
}

/// The sequences that columns of a table own.
pub fn sequences(state: &Catalog, table: &Key) -> BTreeSet<Key> {
    let owned = state.facts.iter().filter_map(|(key, body)| match body {
        Body::OwnedBy(body) => {
            let of = table_key(body.table_schema.as_str(), body.table_name.as_str());
            key.on().filter(|_| of == *table).cloned()
        }
        _ => None,
    });
    owned.filter(|key| matches!(key, Key::Sequence(_))).collect()
}

/// Sequences of a table that both states have: there is one, and it goes on.
pub fn shared(table: &Key, live: &Catalog, desired: &Catalog) -> BTreeSet<Key> {
    let all = sequences(live, table).into_iter().chain(sequences(desired, table));
    all.filter(|key| live.facts.contains(key) && desired.facts.contains(key)).collect()
}

/// Whether a table in this state is one that was built beside or left its name, by what stands on it.
pub fn left_by(state: &Catalog, table: &Key) -> Option<&'static str> {
    [NEW, OLD].into_iter().find(|suffix| {
        state.facts.contains(&beside(table, suffix)) && state.facts.contains(&super::function(table, suffix))
    })
}

/// The keys that stand on these, themselves included.
pub fn under<'a>(state: &'a Catalog, roots: &'a BTreeSet<Key>) -> impl Iterator<Item = &'a Key> {
    let of = |key: &&Key| std::iter::successors(Some(*key), |key| key.on()).any(|key| roots.contains(key));
    state.facts.keys().filter(of)
}
