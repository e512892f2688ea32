//! The one read-only snapshot that a whole catalog is read in.

use std::io::Read;
use std::sync::Arc;

use postgres::{Client, Row};

use crate::base::name::literal;
use crate::db::connection::Connection;
use crate::db::connection::lens::Lens;
use crate::db::error::DbError;
use crate::db::tenant::Tenant;
use crate::db::url::ConnectionString;

/// What makes Postgres print the same expression the same way on every server, whatever its configuration, role or
/// database says: the settings that `pg_dump` makes, and the time zone, in which constants of expressions are printed.
const SETTINGS: &str = "
    SET LOCAL search_path = '';
    SET LOCAL DateStyle = 'ISO, MDY';
    SET LOCAL IntervalStyle = 'postgres';
    SET LOCAL TimeZone = 'UTC';
    SET LOCAL bytea_output = 'hex';
    SET LOCAL xmlbinary = 'base64';
    SET LOCAL extra_float_digits = 3;
    SET LOCAL standard_conforming_strings = on;
    SET LOCAL quote_all_identifiers = off;
    SET LOCAL array_nulls = on;
    SET LOCAL statement_timeout = 0;
    SET LOCAL idle_in_transaction_session_timeout = 0;
    SET LOCAL jit = off";

impl Connection {
    /// Runs `read` in one REPEATABLE READ READ ONLY transaction with an empty search path and the settings that make
    /// Postgres print the same things the same way everywhere.
    ///
    /// # Errors
    /// Those of `read`, and the loss of the connection.
    pub fn read_snapshot<R, E: From<DbError>>(
        &mut self,
        read: impl FnOnce(&mut Snapshot) -> Result<R, E>,
    ) -> Result<R, E> {
        self.read_in(None, read)
    }

    /// As `read_snapshot`, in the snapshot that another session has exported and still holds.
    ///
    /// # Errors
    /// Those of `read`, and that there is no such snapshot any more.
    pub fn read_shared<R, E: From<DbError>>(
        &mut self,
        shared: &Shared,
        read: impl FnOnce(&mut Snapshot) -> Result<R, E>,
    ) -> Result<R, E> {
        self.read_in(Some(shared), read)
    }

    fn read_in<R, E: From<DbError>>(
        &mut self,
        shared: Option<&Shared>,
        read: impl FnOnce(&mut Snapshot) -> Result<R, E>,
    ) -> Result<R, E> {
        // A snapshot is taken over before anything else happens.
        let import = shared.map(|shared| format!("SET TRANSACTION SNAPSHOT {};", literal(&shared.snapshot)));
        let import = import.unwrap_or_default();
        self.execute(&format!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {import} {SETTINGS}"))?;
        if self.version.has_transaction_timeout() {
            self.execute("SET LOCAL transaction_timeout = 0")?;
        }
        let result = read(&mut Snapshot { client: &mut self.client, to: &self.to });
        let end = self.execute("ROLLBACK");
        let result = result?;
        end?;
        Ok(result)
    }
}

/// A connection within its one read-only snapshot.
pub struct Snapshot<'a> {
    client: &'a mut Client,
    to: &'a ConnectionString,
}

/// What a second session needs to see what the first one sees.
#[derive(Clone, Debug)]
pub struct Shared {
    pub to: ConnectionString,
    snapshot: String,
}

impl Shared {
    /// What SET TRANSACTION SNAPSHOT takes, and `pg_dump --snapshot`.
    pub fn id(&self) -> &str {
        &self.snapshot
    }
}

impl Snapshot<'_> {
    /// All rows of a query.
    ///
    /// # Errors
    /// What the server says against it, or that it went away.
    pub fn query(&mut self, sql: &str) -> Result<Vec<Row>, DbError> {
        let sent = Lens(self.to.tenant()).own(sql);
        self.client.query(sent.text(), &[]).map_err(|error| sent.error(error))
    }

    /// Which of the schemas is read, where it is one of several alike.
    pub fn tenant(&self) -> Option<&Arc<Tenant>> {
        self.to.tenant()
    }

    /// What a `COPY ... TO STDOUT` writes.
    ///
    /// # Errors
    /// What the server says against it, or that it went away; later `copied` tells what an error of the reader is.
    pub fn copy(&mut self, sql: &str) -> Result<impl Read + '_, DbError> {
        let sent = Lens(self.to.tenant()).own(sql);
        self.client.copy_out(sent.text()).map_err(|error| sent.error(error))
    }

    /// Lets other sessions see the same state, as long as this one reads.
    ///
    /// # Errors
    /// What the server says against it, which ends the transaction.
    pub fn share(&mut self) -> Result<Shared, DbError> {
        let row = self.client.query_one("SELECT pg_catalog.pg_export_snapshot()", &[])?;
        Ok(Shared { to: self.to.clone(), snapshot: row.try_get(0)? })
    }
}
