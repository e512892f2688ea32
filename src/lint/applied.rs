//! What a database ran of a migration.

/// A migration as the books of a database have it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Applied {
    /// What a person calls the migration: `0003_orders`.
    pub id: String,
    /// The whole text that was run.
    pub sql: String,
}
