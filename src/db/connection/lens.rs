//! What goes to the server for a tenant, in the names that the server knows.

use std::sync::Arc;

use crate::db::error::DbError;
use crate::db::tenant::Tenant;
use crate::sql::rename::Renamed;

/// Renames for the tenant, where there is one.
pub(super) struct Lens<'a>(pub(super) Option<&'a Arc<Tenant>>);

/// A text as it is sent.
pub(super) enum Sent<'a> {
    Given(&'a str),
    Renamed(Renamed),
}

impl Lens<'_> {
    pub(super) fn sent<'s>(&self, sql: &'s str) -> Sent<'s> {
        match self.0 {
            Some(tenant) => Sent::Renamed(tenant.there().rename(sql)),
            None => Sent::Given(sql),
        }
    }

    /// The same for a text of ours that reads catalogs and names no schema of the user's.
    pub(super) fn own<'s>(&self, sql: &'s str) -> Sent<'s> {
        match self.0 {
            Some(tenant) => Sent::Renamed(tenant.own().rename(sql)),
            None => Sent::Given(sql),
        }
    }
}

impl Sent<'_> {
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Given(text) => text,
            Self::Renamed(renamed) => &renamed.text,
        }
    }

    /// What the server says, with its place in the text that was given.
    pub(super) fn error(&self, error: postgres::Error) -> DbError {
        match (self, DbError::from(error)) {
            (
                Self::Renamed(renamed),
                DbError::Statement { sqlstate, message, detail, hint, position: Some(position), context },
            ) => {
                let position = Some(renamed.given(position));
                DbError::Statement { sqlstate, message, detail, hint, position, context }
            }
            (_, other) => other,
        }
    }
}
