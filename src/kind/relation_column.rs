//! A column of a view or a materialized view.
//!
//! It comes, changes and goes with the statement of the object it is a column of, so it has none of its own but for the
//! storage settings that a materialized view's columns have. It is a fact so that comments, privileges, defaults and
//! dependencies can stand on the column instead of on all of the object.

use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::kind::carried::Carried;
use crate::kind::facts::Facts;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::table::column::Column;
use crate::kind::{Body, Key, Kind, Site};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RelationColumn {
    pub position: Carried<i16>,
    pub type_name: Carried<String>,
    pub collation: Carried<Option<String>>,
    /// `pg_attribute.attstorage`; none where it is that of the type.
    pub storage: Option<String>,
    /// `pg_type.typstorage`.
    pub type_storage: Carried<String>,
    /// `pg_attribute.attcompression`.
    pub compression: Option<String>,
    pub statistics: Option<i32>,
    pub options: Vec<String>,
}

impl Kind for RelationColumn {
    const LABEL: &'static str = "column";
    const QUERY: &'static str = include_str!("relation_column.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        self.settings(at)
    }

    fn drop(&self, _at: &Site) -> Vec<Statement> {
        Vec::new()
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self {
            position: _,
            type_name: _,
            collation: _,
            storage: _,
            type_storage: _,
            compression: _,
            statistics: _,
            options: _,
        } = to;
        Alter::in_place(self.as_column().changes(&to.as_column(), at).statements)
    }

    fn created_with(&self, at: &Site, created: &dyn Fn(&Key) -> bool) -> Option<Key> {
        at.key.on().filter(|on| created(on)).cloned()
    }

    fn object(&self, at: &Site) -> String {
        format!("COLUMN {}", at.sql())
    }

    fn grant_object(&self, at: &Site) -> String {
        format!("TABLE {}", at.key.on().map(Key::sql).unwrap_or_default())
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        let (name, to) = (Ident::new(at.key.name()), Ident::new(to.name()));
        one(format!("ALTER {} RENAME COLUMN {name} TO {to}", at.on_object()))
    }
}

impl RelationColumn {
    /// What the object's CREATE cannot say.
    pub fn settings(&self, at: &Site) -> Vec<Statement> {
        self.as_column().settings(at)
    }

    /// As a table's column of which nothing but the settings can differ; ALTER TABLE is right for those here too.
    fn as_column(&self) -> Column {
        Column {
            storage: self.storage.clone(),
            type_storage: self.type_storage.clone(),
            compression: self.compression.clone(),
            statistics: self.statistics,
            options: self.options.clone(),
            ..Column::default()
        }
    }
}

/// The name, type and collation of each column of a relation, in order.
pub fn shape<'a>(facts: &'a Facts, relation: &Key) -> Vec<(&'a str, &'a str, Option<&'a str>)> {
    let mut columns: Vec<_> = facts
        .standing_on(relation)
        .filter_map(|(key, body)| match body {
            Body::RelationColumn(column) => Some((key.name(), column)),
            _ => None,
        })
        .collect();
    columns.sort_by_key(|(_, column)| column.position.0);
    let told = |(name, column): (&'a str, &'a RelationColumn)| {
        (name, column.type_name.0.as_str(), column.collation.0.as_deref())
    };
    columns.into_iter().map(told).collect()
}
