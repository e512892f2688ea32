//! A table's place under a parent by INHERITS. With several parents their order matters: it is that of the columns.

use serde::{Deserialize, Serialize};

use crate::base::name::{Ident, Qualified};
use crate::kind::carried::Carried;
use crate::kind::facts::Facts;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::table::{lineage, table_key};
use crate::kind::{Body, Key, Kind, Site};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Inheritance {
    pub position: Carried<i32>,
    pub parent_schema: Ident,
    pub parent_name: Ident,
}

impl Kind for Inheritance {
    const LABEL: &'static str = "inheritance";
    const QUERY: &'static str = include_str!("inheritance.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        one(format!("ALTER {} INHERIT {}", at.on_object(), self.parent()))
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("ALTER {} NO INHERIT {}", at.on_object(), self.parent()))
    }

    fn alter(&self, to: &Self, _at: &Site) -> Alter {
        let Self { position: _, parent_schema: _, parent_name: _ } = to;
        Alter::Equivalent
    }

    fn frees(&self, at: &Site) -> Vec<Key> {
        at.key.on().map(|table| lineage::columns_between(at, table, self.parent_table())).unwrap_or_default()
    }

    fn requires(&self, _at: &Site) -> Vec<Key> {
        vec![self.parent_table()]
    }

    fn created_with(&self, at: &Site, created: &dyn Fn(&Key) -> bool) -> Option<Key> {
        at.key.on().filter(|table| created(table)).cloned()
    }
}

impl Inheritance {
    pub fn parent_table(&self) -> Key {
        table_key(self.parent_schema.as_str(), self.parent_name.as_str())
    }

    fn parent(&self) -> Qualified {
        Qualified { schema: self.parent_schema.clone(), name: self.parent_name.clone() }
    }
}

/// The tables that this one inherits from by INHERITS.
pub fn parent_tables<'a>(facts: &'a Facts, table: &'a Key) -> impl Iterator<Item = Key> + 'a {
    facts.standing_on(table).filter_map(|(_, body)| match body {
        Body::Inheritance(body) => Some(body.parent_table()),
        _ => None,
    })
}

/// The tables that inherit from this one by INHERITS.
pub fn child_tables<'a>(facts: &'a Facts, table: &Key) -> impl Iterator<Item = &'a Key> {
    facts.attachments(table).filter(|(key, _)| matches!(key, Key::Inheritance(_))).filter_map(|(key, _)| key.on())
}

/// The parents that CREATE TABLE names, in their order.
pub fn parents(table: &Site) -> Vec<String> {
    let mut parents: Vec<_> = table
        .here
        .standing_on(table.key)
        .filter(|(key, _)| table.absorbed.contains(key))
        .filter_map(|(_, body)| match body {
            Body::Inheritance(body) => Some((body.position.0, body.parent().to_string())),
            _ => None,
        })
        .collect();
    parents.sort();
    parents.into_iter().map(|(_, name)| name).collect()
}
