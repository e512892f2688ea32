//! Cancels what a session is at, by a connection of its own.

use std::fmt;

use postgres::{CancelToken, NoTls};

use crate::db::error::DbError;
use crate::db::tls::connector;
use crate::db::url::ConnectionString;
use crate::db::url::sslmode::Mode;

/// What stops the running statement of a session from another thread.
#[derive(Clone)]
pub struct Canceller {
    pub(super) token: CancelToken,
    /// Leads to the host that answered.
    pub(super) to: ConnectionString,
}

impl Canceller {
    /// Asks the server to end the statement. Where none is running, nothing happens.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub fn cancel(&self) -> Result<(), DbError> {
        let is_socket = self.to.hosts().first().is_some_and(|host| host.is_socket());
        let mode = if is_socket { Mode::Disable } else { Mode::of(self.to.parameter("sslmode"))? };
        if mode == Mode::Disable {
            return Ok(self.token.cancel_query(NoTls)?);
        }
        // Encrypted as the session itself is: a session without encryption has a token that asks for none.
        Ok(self.token.cancel_query(connector(&self.to, mode)?)?)
    }
}

impl fmt::Debug for Canceller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Canceller({})", self.to)
    }
}
