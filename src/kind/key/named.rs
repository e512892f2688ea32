//! The shapes of what has a name of its own, in the database or in a schema.

use postgres::Row;
use serde::{Deserialize, Serialize};

use crate::base::name::{Ident, Qualified};
use crate::db::error::DbError;
use crate::db::row::decode;
use crate::kind::Key;
use crate::kind::key::shape::Shape;

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

impl Scoped {
    pub fn new(schema: impl Into<String>, name: impl Into<String>) -> Self {
        Self { schema: Ident::new(schema), name: Ident::new(name) }
    }

    pub fn qualified(&self) -> Qualified {
        Qualified { schema: self.schema.clone(), name: self.name.clone() }
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
