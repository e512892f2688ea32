//! Every run of a seed, as the books have it.

use serde::{Deserialize, Serialize};

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::row::document;

/// One run. A seed whose text became another has several.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Past {
    pub number: i64,
    /// The file, from the folder of the seeds.
    pub name: String,
    /// Lower-case hex.
    pub sha256: String,
    pub environment: Option<String>,
    pub applied_by: String,
    pub applied_from: Option<String>,
    pub tool_version: String,
    pub ticket: Option<String>,
    pub applied_at: String,
    pub seconds: Option<f64>,
}

/// All of them, oldest first; none where the books are older than seeds.
///
/// # Errors
/// What the server says, or that it went away.
pub fn past(connection: &mut Connection) -> Result<Vec<Past>, DbError> {
    if connection.query_text("SELECT pg_catalog.to_regclass('pgplumb.seed')::text")?.is_none() {
        return Ok(Vec::new());
    }
    connection.query_with(include_str!("past.sql"), &[])?.iter().map(document).collect()
}
