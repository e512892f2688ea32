//! How far a backfill got, as the journal keeps it.

use serde::{Deserialize, Serialize};

/// The place behind the last batch that was committed.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Place {
    /// The columns that the rows are gone through by, as SQL writes them.
    pub key: Vec<String>,
    /// The key of the last row of that batch.
    pub after: Vec<String>,
    pub batches: u64,
    /// Rows that were changed.
    pub rows: u64,
}
