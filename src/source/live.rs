//! A live database, read in one snapshot.

use crate::catalog::Catalog;
use crate::catalog::read::read as read_catalog;
use crate::db::connection::{Connection, connect};
use crate::db::url::ConnectionString;
use crate::observe::size::Sizes;
use crate::scratch::target::Target;
use crate::source::error::SourceError;

/// A database that is connected to, and what a scratch database for it has to have.
pub struct Live {
    pub connection: Connection,
    pub target: Target,
}

impl Live {
    /// # Errors
    /// When the server is not there, does not let us in, or is of a version that is not supported.
    pub fn open(to: &ConnectionString) -> Result<Self, SourceError> {
        let mut connection = connect(to)?;
        let target = Target::read(&mut connection, to)?;
        Ok(Self { connection, target })
    }

    /// The state of the database now.
    ///
    /// # Errors
    /// When a catalog cannot be read.
    pub fn read(&mut self) -> Result<Catalog, SourceError> {
        Ok(read_catalog(&mut self.connection)?)
    }

    /// How large its tables are.
    ///
    /// # Errors
    /// What the server says, or that it went away.
    pub fn sizes(&mut self) -> Result<Sizes, SourceError> {
        Ok(Sizes::read(&mut self.connection)?)
    }

    /// `shop on localhost (PostgreSQL 15.18)`.
    pub fn describe(&self) -> String {
        format!("{} (PostgreSQL {})", self.target.connection.describe(), self.target.version)
    }
}
