//! Connections that are used again: tenants of one database are looked at by as many as there are jobs, and not by one each.

use std::sync::{Mutex, PoisonError};

use crate::db::connection::{Connection, connect};
use crate::db::error::DbError;
use crate::db::url::ConnectionString;

/// Those that nobody uses now, with where they lead to.
#[derive(Default)]
pub(super) struct Pool {
    free: Mutex<Vec<(ConnectionString, Connection)>>,
}

impl Pool {
    /// A connection for this target: one that is free, where it is one of several schemas of a database, or a new one.
    ///
    /// # Errors
    /// As `connect`.
    pub(super) fn take(&self, to: &ConnectionString) -> Result<Connection, DbError> {
        let whole = to.of_tenant(None);
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        match free.iter().position(|(there, _)| to.tenant().is_some() && *there == whole) {
            Some(at) => {
                let (_, mut connection) = free.swap_remove(at);
                connection.turn_to(to.tenant());
                Ok(connection)
            }
            None => {
                drop(free);
                connect(to)
            }
        }
    }

    /// Takes back one that is as it was; that of a database is of no more use.
    pub(super) fn give(&self, to: &ConnectionString, connection: Connection) {
        if to.tenant().is_some() {
            self.free.lock().unwrap_or_else(PoisonError::into_inner).push((to.of_tenant(None), connection));
        }
    }
}
