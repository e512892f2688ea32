//! What a key tells of itself. Every kind's key is one of a few shapes.

mod named;
mod shape;
mod standing;

use std::fmt;

pub use crate::kind::key::named::{Global, Scoped, Signature};
pub use crate::kind::key::shape::Shape;
pub(super) use crate::kind::key::shape::ShapeRef;
pub use crate::kind::key::standing::{Attached, Child};

use crate::base::name::Ident;
use crate::kind::Key;

impl Key {
    /// The fact this one stands on and disappears with.
    pub fn on(&self) -> Option<&Key> {
        self.shape().on_ref()
    }

    /// The fact at the bottom: a column's comment leads to the table.
    pub fn root(&self) -> &Key {
        let mut key = self;
        while let Some(on) = key.on() {
            key = on;
        }
        key
    }

    /// The schema of the object at the bottom, where it has one.
    pub fn schema(&self) -> Option<&Ident> {
        self.root().shape().schema_ref()
    }

    /// The last part of its own name; empty for what has none.
    pub fn name(&self) -> &str {
        self.shape().name_ref()
    }

    /// The name as it stands in SQL.
    pub fn sql(&self) -> String {
        self.shape().sql_ref()
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.on() {
            Some(on) if self.name().is_empty() => write!(f, "{} of {on}", self.label()),
            _ => write!(f, "{} {}", self.label(), self.sql()),
        }
    }
}
