//! An attribute of a composite type. Its place is the type's to say; see there when the type is replaced instead.
//!
//! Tables that are typed by it (`CREATE TABLE ... OF`) follow by CASCADE, which is only said where there are any: on a
//! DROP it would take whatever else stands on the attribute.

use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::kind::data_type::is_stored;
use crate::kind::statement::{Alter, Change, Disturbs, Statement, one};
use crate::kind::{Body, Key, Kind, Site};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Attribute {
    pub type_name: String,
    /// Qualified; none where it is that of the type.
    pub collation: Option<String>,
}

impl Kind for Attribute {
    const LABEL: &'static str = "attribute";
    const QUERY: &'static str = include_str!("attribute.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        one(alter_type(at, &format!("ADD ATTRIBUTE {}", clause(&Ident::new(at.key.name()), self))))
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(alter_type(at, &format!("DROP ATTRIBUTE {}", Ident::new(at.key.name()))))
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self { type_name, collation } = to;
        if (type_name, collation) == (&self.type_name, &self.collation) {
            return Alter::Equivalent;
        }
        let mut sql = format!("ALTER ATTRIBUTE {} TYPE {type_name}", Ident::new(at.key.name()));
        if let Some(collation) = collation {
            sql.push_str(&format!(" COLLATE {collation}"));
        }
        Alter::InPlace(Change { statements: one(alter_type(at, &sql)), disturbs: Disturbs::TypeDependents })
    }

    fn created_with(&self, at: &Site, created: &dyn Fn(&Key) -> bool) -> Option<Key> {
        at.key.on().filter(|of| created(of)).cloned()
    }

    fn object(&self, at: &Site) -> String {
        format!("COLUMN {}", at.sql())
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        let (name, to) = (Ident::new(at.key.name()), Ident::new(to.name()));
        one(alter_type(at, &format!("RENAME ATTRIBUTE {name} TO {to}")))
    }

    fn loses(&self, at: &Site) -> Option<String> {
        let of = at.key.on().map(Key::sql).unwrap_or_default();
        is_stored(at.here, &of).then(|| format!("the values of attribute {} in every column of the type", at.sql()))
    }
}

/// `name type`, as CREATE TYPE and ADD ATTRIBUTE write it.
pub fn clause(name: &Ident, attribute: &Attribute) -> String {
    let collation = attribute.collation.as_ref().map(|collation| format!(" COLLATE {collation}")).unwrap_or_default();
    format!("{name} {}{collation}", attribute.type_name)
}

fn alter_type(at: &Site, clause: &str) -> String {
    let of = at.key.on().map(Key::sql).unwrap_or_default();
    let typed =
        at.here.iter().any(|(_, body)| matches!(body, Body::Table(table) if table.of_type.as_ref() == Some(&of)));
    format!("ALTER TYPE {of} {clause}{}", if typed { " CASCADE" } else { "" })
}
