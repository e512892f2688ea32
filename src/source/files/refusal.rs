//! A statement of the desired schema that the server did not take, and how that is told.

use crate::db::error::DbError;
use crate::source::files::script::Item;
use crate::sql::words::{Words, begins};

/// What the server said to a statement.
#[derive(Clone, Debug)]
pub struct Refusal {
    pub item: Item,
    pub sqlstate: String,
    pub message: String,
    pub detail: Option<String>,
    pub hint: Option<String>,
    /// In characters of the item's SQL, from one.
    pub position: Option<u32>,
    /// What was said before the statement was taken apart.
    pub original: Option<Box<Refusal>>,
}

impl Refusal {
    /// # Errors
    /// When the error is not the server's opinion of the statement.
    pub fn new(item: Item, error: DbError) -> Result<Self, DbError> {
        match error {
            DbError::Statement { sqlstate, message, detail, hint, position, .. } => {
                Ok(Self { item, sqlstate, message, detail, hint, position, original: None })
            }
            other => Err(other),
        }
    }

    /// Whether it may work once other statements have: something is missing, or not yet what it will be.
    pub fn may_wait(&self) -> bool {
        match self.sqlstate.as_str() {
            // A base type before its functions, which Postgres files under names that are taken, with a hint.
            "42710" if self.hint.is_some() && begins(&self.item.sql, &["CREATE", "TYPE"]) => true,
            // Syntax, and names that are taken.
            "42601" | "42P03" | "42P04" | "42P05" | "42P06" | "42P07" | "42701" | "42710" | "42712" | "42723" => false,
            // Schema missing; dependents still there; not in the state that it needs; enum value not committed.
            "3F000" | "2BP01" | "55000" | "55P04" => true,
            // Undefined objects, and definitions that only fit what comes later (a foreign key before its unique key, a
            // view before the column).
            state => state.starts_with("42"),
        }
    }
}

/// Whether the server only says that a type is there which this statement would have announced (`CREATE TYPE name`):
/// a function that returns it has done that before.
pub fn is_announced(sql: &str, error: &DbError) -> bool {
    // CREATE TYPE, the schema, a dot and the name.
    error.sqlstate() == Some("42710") && begins(sql, &["CREATE", "TYPE"]) && Words::of(sql).count() <= 5
}
