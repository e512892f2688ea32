//! What the rooms of user-defined types have in common.

pub mod conversion;

use std::collections::BTreeSet;

use crate::base::name::Ident;
use crate::kind::facts::Facts;
use crate::kind::key::Scoped;
use crate::kind::statement::{Statement, one};
use crate::kind::{Body, Key, Site, Slot};

/// Renames the object to `aside` in its schema; drops what was renamed.
pub fn set_aside(noun: &str, at: &Site, aside: &str) -> (Vec<Statement>, Statement) {
    let to = at.key.renamed(aside);
    (
        one(format!("ALTER {noun} {} RENAME TO {}", at.sql(), Ident::new(aside))),
        Statement::new(format!("DROP {noun} {}", to.sql())),
    )
}

/// The slot of a type of this name.
pub fn type_slots(key: &Key) -> Vec<Slot> {
    key.schema().map(|schema| Slot::Type(schema.clone(), Ident::new(key.name()))).into_iter().collect()
}

/// The facts that may be the type of this name, of those that are there.
pub fn types_named(facts: &Facts, schema: &str, name: &str) -> Vec<Key> {
    let scoped = Scoped::new(schema, name);
    let types: [fn(Scoped) -> Key; 5] = [Key::BaseType, Key::Enum, Key::Domain, Key::Composite, Key::Range];
    let rows: [fn(Scoped) -> Key; 4] = [Key::Table, Key::ForeignTable, Key::View, Key::MaterializedView];
    types.iter().chain(&rows).map(|kind| kind(scoped.clone())).filter(|key| facts.contains(key)).collect()
}

/// Whether a column of a table holds values of this type, be it inside arrays, domains, ranges or other composite
/// types: Postgres refuses to change what the stored values look like (`find_composite_type_dependencies`).
pub fn is_stored(facts: &Facts, type_sql: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![type_sql.to_owned()];
    while let Some(name) = open.pop() {
        for (key, body) in facts.iter() {
            let holds = |holder: &str| element(holder) == name;
            let holder = match body {
                Body::Column(column) if holds(&column.type_name) => return true,
                Body::Attribute(attribute) if holds(&attribute.type_name) => key.on(),
                Body::Domain(domain) if holds(&domain.base_type) => Some(key),
                Body::Range(range) if holds(&range.subtype) => Some(key),
                _ => None,
            };
            if let Some(holder) = holder.map(Key::sql).filter(|holder| !seen.contains(holder)) {
                seen.insert(holder.clone());
                open.push(holder);
            }
        }
    }
    false
}

/// Whether a column holds values of this domain inside something else: Postgres can then neither check nor constrain
/// them (`get_rels_with_domain` in `typecmds.c`).
pub fn is_contained(facts: &Facts, type_sql: &str) -> bool {
    let array = format!("{type_sql}[]");
    facts.iter().any(|(key, body)| match body {
        Body::Column(column) => column.type_name == array,
        Body::Attribute(attribute) if element(&attribute.type_name) == type_sql => {
            key.on().is_some_and(|of| is_stored(facts, &of.sql()))
        }
        Body::Domain(domain) if domain.base_type == array => is_stored(facts, &key.sql()),
        Body::Domain(domain) if domain.base_type == type_sql => is_contained(facts, &key.sql()),
        Body::Range(range) if range.subtype == type_sql => is_stored(facts, &key.sql()),
        _ => false,
    })
}

fn element(type_name: &str) -> &str {
    type_name.trim_end_matches("[]")
}
