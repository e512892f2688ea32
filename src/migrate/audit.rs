//! What happened to the books, as their audit has it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::row::document;

/// One change of the books.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Entry {
    pub number: i64,
    /// In RFC 3339.
    pub at: String,
    /// `applied`, `rolled_back`, `repaired`; `found` for what was there before the first of them.
    pub what: String,
    /// None where it is not about one run.
    pub run: Option<i64>,
    pub id: String,
    pub done_by: String,
    /// The host; none where pgplumb did not do it.
    pub done_from: Option<String>,
    pub tool_version: Option<String>,
    /// The row of the books after it, without its scripts: ticket, hashes, outcome, error.
    pub record: Value,
    /// Lower-case hex, over the hash before it and over its own text.
    pub hash: String,
}

/// All of it, oldest first; nothing where the books are older than their audit.
///
/// # Errors
/// What the server says, or that it went away.
pub fn entries(connection: &mut Connection) -> Result<Vec<Entry>, DbError> {
    if connection.query_text("SELECT pg_catalog.to_regclass('pgplumb.audit')::text")?.is_none() {
        return Ok(Vec::new());
    }
    let sql = "SELECT pg_catalog.to_jsonb(a) || pg_catalog.jsonb_build_object('hash', \
               pg_catalog.encode(a.hash, 'hex')) FROM pgplumb.audit AS a ORDER BY a.number";
    connection.query_with(sql, &[])?.iter().map(document).collect()
}
