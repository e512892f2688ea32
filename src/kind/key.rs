//! The shapes a key can have. Every kind's key is one of these, so that what walks over keys knows no kinds.

use std::fmt::Debug;

use postgres::Row;
use serde::{Deserialize, Serialize};

use crate::base::name::{Ident, Qualified};
use crate::db::error::DbError;
use crate::db::row::decode;
use crate::kind::Key;

/// What every key shape can tell about itself.
pub trait Shape: Clone + Ord + Debug {
    /// The fact this one stands on and disappears with: a column's table, a comment's object.
    fn on(&self) -> Option<&Key> {
        None
    }
    /// The schema the object is in, for objects that have a name in one of their own.
    fn schema(&self) -> Option<&Ident> {
        None
    }
    /// The last part of the name; empty where the shape has none of its own.
    fn name(&self) -> &str;
    /// The same key under another name.
    fn renamed(&self, name: &str) -> Self;
    /// The same key in another schema.
    fn moved(&self, _schema: &str) -> Self {
        self.clone()
    }
    /// The same key with the fact it stands on exchanged.
    fn rebased(&self, _on: Key) -> Self {
        self.clone()
    }
    /// The name as it stands in SQL, qualified and quoted where needed.
    fn sql(&self) -> String;
    /// The key of a catalog row; `on` is the fact it stands on, resolved by the reader.
    fn read(row: &Row, on: Option<Key>) -> Result<Self, DbError>;
}

fn standing(on: Option<Key>) -> Result<Box<Key>, DbError> {
    on.map(Box::new).ok_or_else(|| DbError::unexpected("a catalog row that stands on nothing"))
}

/// Named in the database: a schema, an extension.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Global {
    pub name: Ident,
}

/// Named in a schema: a table, a type, a view.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Scoped {
    pub schema: Ident,
    pub name: Ident,
}

/// Named in a schema together with its argument types: a function, an aggregate, an operator.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Signature {
    pub schema: Ident,
    pub name: Ident,
    /// Input argument types as `format_type` prints them, separated by `, `.
    pub args: String,
}

/// Named within another fact: a column, a constraint, a trigger.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Child {
    pub on: Box<Key>,
    pub name: Ident,
}

/// At most one for another fact: its comment, its owner, a column's default.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Attached {
    pub on: Box<Key>,
}

impl Scoped {
    pub fn new(schema: impl Into<String>, name: impl Into<String>) -> Self {
        Self { schema: Ident::new(schema), name: Ident::new(name) }
    }

    pub fn qualified(&self) -> Qualified {
        Qualified { schema: self.schema.clone(), name: self.name.clone() }
    }
}

impl Child {
    pub fn new(on: Key, name: impl Into<String>) -> Self {
        Self { on: Box::new(on), name: Ident::new(name) }
    }
}

impl Attached {
    pub fn new(on: Key) -> Self {
        Self { on: Box::new(on) }
    }
}

impl Shape for Global {
    fn name(&self) -> &str {
        self.name.as_str()
    }
    fn renamed(&self, name: &str) -> Self {
        Self { name: Ident::new(name) }
    }
    fn sql(&self) -> String {
        self.name.to_string()
    }
    fn read(row: &Row, _on: Option<Key>) -> Result<Self, DbError> {
        decode(row)
    }
}

impl Shape for Scoped {
    fn schema(&self) -> Option<&Ident> {
        Some(&self.schema)
    }
    fn name(&self) -> &str {
        self.name.as_str()
    }
    fn renamed(&self, name: &str) -> Self {
        Self { schema: self.schema.clone(), name: Ident::new(name) }
    }
    fn moved(&self, schema: &str) -> Self {
        Self { schema: Ident::new(schema), name: self.name.clone() }
    }
    fn sql(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }
    fn read(row: &Row, _on: Option<Key>) -> Result<Self, DbError> {
        decode(row)
    }
}

impl Shape for Signature {
    fn schema(&self) -> Option<&Ident> {
        Some(&self.schema)
    }
    fn name(&self) -> &str {
        self.name.as_str()
    }
    fn renamed(&self, name: &str) -> Self {
        Self { name: Ident::new(name), ..self.clone() }
    }
    fn moved(&self, schema: &str) -> Self {
        Self { schema: Ident::new(schema), ..self.clone() }
    }
    fn sql(&self) -> String {
        format!("{}.{}({})", self.schema, self.name, self.args)
    }
    fn read(row: &Row, _on: Option<Key>) -> Result<Self, DbError> {
        decode(row)
    }
}

impl Shape for Child {
    fn on(&self) -> Option<&Key> {
        Some(&self.on)
    }
    fn name(&self) -> &str {
        self.name.as_str()
    }
    fn renamed(&self, name: &str) -> Self {
        Self { on: self.on.clone(), name: Ident::new(name) }
    }
    fn rebased(&self, on: Key) -> Self {
        Self { on: Box::new(on), name: self.name.clone() }
    }
    fn sql(&self) -> String {
        format!("{}.{}", self.on.sql(), self.name)
    }
    fn read(row: &Row, on: Option<Key>) -> Result<Self, DbError> {
        Ok(Self { on: standing(on)?, name: decode::<Global>(row)?.name })
    }
}

impl Shape for Attached {
    fn on(&self) -> Option<&Key> {
        Some(&self.on)
    }
    fn name(&self) -> &str {
        ""
    }
    fn renamed(&self, _name: &str) -> Self {
        self.clone()
    }
    fn rebased(&self, on: Key) -> Self {
        Self { on: Box::new(on) }
    }
    fn sql(&self) -> String {
        self.on.sql()
    }
    fn read(_row: &Row, on: Option<Key>) -> Result<Self, DbError> {
        Ok(Self { on: standing(on)? })
    }
}
