//! What the shapes of keys have in common, so that what walks over keys knows no kinds.

use std::fmt::Debug;

use postgres::Row;

use crate::base::name::Ident;
use crate::db::error::DbError;
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

/// `Shape` without what needs to know the type, so that `Key` can reach it whatever the variant.
pub(crate) trait ShapeRef {
    fn on_ref(&self) -> Option<&Key>;
    fn schema_ref(&self) -> Option<&Ident>;
    fn name_ref(&self) -> &str;
    fn sql_ref(&self) -> String;
}

impl<S: Shape> ShapeRef for S {
    fn on_ref(&self) -> Option<&Key> {
        self.on()
    }
    fn schema_ref(&self) -> Option<&Ident> {
        self.schema()
    }
    fn name_ref(&self) -> &str {
        self.name()
    }
    fn sql_ref(&self) -> String {
        self.sql()
    }
}
