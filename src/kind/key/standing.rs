//! The shapes of what stands on another fact and disappears with it.

use postgres::Row;
use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::db::error::DbError;
use crate::db::row::decode;
use crate::kind::Key;
use crate::kind::key::named::Global;
use crate::kind::key::shape::Shape;

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

fn standing(on: Option<Key>) -> Result<Box<Key>, DbError> {
    on.map(Box::new).ok_or_else(|| DbError::unexpected("a catalog row that stands on nothing"))
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
