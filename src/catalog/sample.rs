//! Catalogs for tests that need no server: a fact at a time, bodies as a snapshot writes them.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::catalog::Catalog;
use crate::kind::key::{Attached, Child, Scoped};
use crate::kind::{Body, Key};

pub fn table(name: &str) -> Key {
    Key::Table(Scoped::new("public", name))
}

pub fn column(of: &str, name: &str) -> Key {
    Key::Column(Child::new(table(of), name))
}

pub fn view(name: &str) -> Key {
    Key::View(Scoped::new("public", name))
}

pub fn index(name: &str) -> Key {
    Key::Index(Scoped::new("public", name))
}

pub fn enumeration(name: &str) -> Key {
    Key::Enum(Scoped::new("public", name))
}

impl Catalog {
    /// With one more fact, or another body for one that is there.
    #[must_use]
    pub fn with(mut self, key: Key, body: Value) -> Self {
        let body: Body = serde_json::from_value(body).unwrap();
        self.facts.insert(key, body);
        self
    }

    #[must_use]
    pub fn without(mut self, key: &Key) -> Self {
        let gone: Vec<Key> =
            self.facts.keys().filter(|other| *other == key || other.on() == Some(key)).cloned().collect();
        for key in gone {
            self.facts.remove(&key);
        }
        self
    }

    #[must_use]
    pub fn needing(mut self, user: &Key, used: &Key) -> Self {
        self.edges.insert(&Arc::new(user.clone()), &Arc::new(used.clone()));
        self
    }

    /// With an ordinary table of these columns, each `name type`.
    #[must_use]
    pub fn with_table(self, name: &str, columns: &[&str]) -> Self {
        let body = json!({"table": {
            "unlogged": false, "partition_by": null, "of_type": null, "access_method": null, "tablespace": null,
            "options": [], "row_security": false, "force_row_security": false, "partition": false,
        }});
        columns.iter().fold(self.with(table(name), body), |catalog, column| catalog.with_column(name, column))
    }

    /// With a column `name type`, at the end of the table.
    #[must_use]
    pub fn with_column(self, of: &str, spelled: &str) -> Self {
        let (name, type_name) = spelled.split_once(' ').unwrap();
        let position = self.facts.standing_on(&table(of)).count() + 1;
        let not_null = type_name.ends_with(" not null");
        let body = json!({"column": {
            "position": position, "type_name": type_name.trim_end_matches(" not null"), "collation": null,
            "not_null": not_null, "generated": null, "virtual": false, "storage": null, "type_storage": "p", "compression": null,
            "statistics": null, "options": [], "inherited": false, "local": true,
        }});
        self.with(column(of, name), body)
    }

    #[must_use]
    pub fn with_default(self, of: &str, name: &str, expression: &str) -> Self {
        let key = Key::Default(Attached::new(column(of, name)));
        self.with(key, json!({"default": {"expression": expression}}))
    }

    #[must_use]
    pub fn with_index(self, name: &str, on: &str, columns: &str) -> Self {
        let definition = format!("CREATE INDEX {name} ON public.{on} USING btree ({columns})");
        let body = json!({"index": {
            "on_materialized_view": false, "table": on, "definition": definition, "predicate": null, "unique": false,
            "partitioned": false, "valid": true, "options": [], "tablespace": null, "evaluates": false,
            "statistics": null,
        }});
        self.with(index(name), body)
    }

    #[must_use]
    pub fn with_enum(self, name: &str, labels: &[&str]) -> Self {
        self.with(enumeration(name), json!({"enum": {"labels": labels}}))
    }

    #[must_use]
    pub fn with_comment(self, on: Key, text: &str) -> Self {
        self.with(Key::Comment(Attached::new(on)), json!({"comment": {"text": text}}))
    }
}
