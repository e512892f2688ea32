//! One connection to one server.

mod advice;
mod attempt;
mod cancel;
mod lens;
mod notice;
mod snapshot;

use std::io::{self, Read};
use std::sync::Arc;

use postgres::types::ToSql;
use postgres::{Client, Row, SimpleQueryMessage, Statement};

use crate::db::connection::attempt::connect_host;
pub use crate::db::connection::cancel::Canceller;
use crate::db::connection::lens::Lens;
use crate::db::connection::notice::Notices;
pub use crate::db::connection::snapshot::{Shared, Snapshot};
use crate::db::error::DbError;
use crate::db::tenant::Tenant;
use crate::db::url::ConnectionString;
use crate::db::version::Version;

/// Gives a session back what SQL may have set in it. Locks and what is prepared stay.
pub const RESET: &str =
    "RESET SESSION AUTHORIZATION; RESET ALL; CLOSE ALL; UNLISTEN *; DISCARD TEMP; DISCARD SEQUENCES";

/// A session on a server of a supported version.
pub struct Connection {
    client: Client,
    version: Version,
    notices: Notices,
    /// Leads to the host that answered.
    to: ConnectionString,
}

/// Connects to the first host that answers.
///
/// # Errors
/// Why not, in terms of what the user can check. The server's version is checked too.
pub fn connect(to: &ConnectionString) -> Result<Connection, DbError> {
    let mut failure = None;
    let notices = Notices::default();
    for host in to.hosts() {
        match connect_host(to, host, &notices) {
            Ok(client) => return greet(client, notices, to.at(host)),
            // A server that answers and says no ends the search, as in libpq.
            Err(error @ DbError::CannotConnect { .. }) => failure = Some(error),
            Err(error) => return Err(error),
        }
    }
    Err(failure.unwrap_or_else(|| DbError::unexpected("a connection string without a host")))
}

/// Asks the version, and refuses one that is not supported.
fn greet(mut client: Client, notices: Notices, to: ConnectionString) -> Result<Connection, DbError> {
    let answer = client.simple_query("SHOW server_version_num")?;
    let number = answer.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0).and_then(|text| text.parse().ok()),
        _ => None,
    });
    let version = Version::new(number.ok_or_else(|| DbError::unexpected("the server does not say its version"))?);
    if !version.is_supported() {
        return Err(DbError::UnsupportedVersion { server: to.server(), found: version.to_string() });
    }
    tracing::debug!(event = "connected", database = to.describe(), server = version.to_string());
    Ok(Connection { client, version, notices, to })
}

impl Connection {
    /// The driver's client.
    pub fn client(&mut self) -> &mut Client {
        &mut self.client
    }

    pub fn version(&self) -> Version {
        self.version
    }

    /// Which of the schemas is worked on, where it is one of several alike.
    pub fn is_for(&self) -> Option<&Arc<Tenant>> {
        self.to.tenant()
    }

    /// Goes on with another schema of the same database.
    pub fn turn_to(&mut self, tenant: Option<&Arc<Tenant>>) {
        self.to = self.to.of_tenant(tenant.cloned());
    }

    /// A name that goes to the server as a parameter, as SQL writes it.
    pub fn named(&self, name: &str) -> String {
        self.to.tenant().map_or_else(|| name.to_owned(), |tenant| tenant.there().rename(name).text)
    }

    /// The same for the bare name of a schema.
    pub fn schema<'a>(&'a self, name: &'a str) -> &'a str {
        self.to.tenant().map_or(name, |tenant| tenant.there().name(name))
    }

    /// A query over all schemas but the system's, for that of the tenant alone, where there is one.
    pub fn narrowed(&self, query: &str) -> String {
        self.to.tenant().map_or_else(|| query.to_owned(), |tenant| tenant.narrowed(query))
    }

    fn tenant(&self) -> Lens<'_> {
        Lens(self.to.tenant())
    }

    /// What stops the running statement from another thread.
    pub fn canceller(&self) -> Canceller {
        Canceller { token: self.client.cancel_token(), to: self.to.clone() }
    }

    /// Runs one or several statements as the simple protocol does.
    ///
    /// # Errors
    /// What the server says against the first that fails, or that it went away.
    pub fn execute(&mut self, sql: &str) -> Result<(), DbError> {
        let sent = self.tenant().sent(sql);
        self.client.batch_execute(sent.text()).map_err(|error| sent.error(error))
    }

    /// Runs many statements, each by itself, in few round trips.
    ///
    /// # Errors
    /// As `execute`.
    pub fn execute_all(&mut self, statements: &[String]) -> Result<(), DbError> {
        // A message is one transaction, and each of its locks takes room in the server's table of locks.
        statements.chunks(100).try_for_each(|some| self.execute(&some.join(";\n")))
    }

    /// The first column of the first row, as text.
    ///
    /// # Errors
    /// As `execute`; `Decode` when the column is not text.
    pub fn query_text(&mut self, sql: &str) -> Result<Option<String>, DbError> {
        let sent = self.tenant().sent(sql);
        match self.client.query_opt(sent.text(), &[]).map_err(|error| sent.error(error))? {
            Some(row) => Ok(row.try_get(0)?),
            None => Ok(None),
        }
    }

    /// All rows of a query with parameters.
    ///
    /// # Errors
    /// As `execute`.
    pub fn query_with(&mut self, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, DbError> {
        let sent = self.tenant().sent(sql);
        self.client.query(sent.text(), parameters).map_err(|error| sent.error(error))
    }

    /// Runs one statement. How many rows it changed.
    ///
    /// # Errors
    /// As `execute`.
    pub fn change(&mut self, sql: &str) -> Result<u64, DbError> {
        let sent = self.tenant().sent(sql);
        self.client.execute(sent.text(), &[]).map_err(|error| sent.error(error))
    }

    /// Gives a `COPY ... FROM STDIN` what there is to read. How many rows it took.
    ///
    /// # Errors
    /// What the server says; where it cannot be read to its end, nothing was copied.
    pub fn copy_in(&mut self, sql: &str, rows: &mut impl Read) -> Result<u64, DbError> {
        let sent = self.tenant().sent(sql);
        let mut writer = self.client.copy_in(sent.text()).map_err(|error| sent.error(error))?;
        io::copy(rows, &mut writer).map_err(copied)?;
        Ok(writer.finish()?)
    }

    /// A further session where this one is.
    ///
    /// # Errors
    /// As `connect`.
    pub fn another(&self) -> Result<Self, DbError> {
        connect(&self.to)
    }

    /// A query that is asked often.
    ///
    /// # Errors
    /// As `execute`.
    pub fn prepare(&mut self, sql: &str) -> Result<Prepared, DbError> {
        let sent = self.tenant().sent(sql);
        self.client.prepare(sent.text()).map(Prepared).map_err(|error| sent.error(error))
    }

    /// All rows of a query that this session has prepared.
    ///
    /// # Errors
    /// As `execute`.
    pub fn query_prepared(
        &mut self,
        query: &Prepared,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, DbError> {
        Ok(self.client.query(&query.0, parameters)?)
    }

    /// The process of the session on the server.
    ///
    /// # Errors
    /// As `execute`.
    pub fn pid(&mut self) -> Result<i32, DbError> {
        Ok(self.client.query_one("SELECT pg_catalog.pg_backend_pid()", &[])?.try_get(0)?)
    }

    /// Begins to keep what the server says beside its answers.
    pub fn listen(&mut self) {
        self.notices.listen();
    }

    /// What it said since, oldest first. The keeping ends.
    pub fn heard(&mut self) -> Vec<String> {
        self.notices.heard()
    }
}

/// What went wrong between the server and who reads or writes the rows of a COPY.
pub fn copied(error: io::Error) -> DbError {
    let said = error.to_string();
    let inner = error.into_inner().and_then(|inner| inner.downcast::<postgres::Error>().ok());
    inner.map_or(DbError::Lost { message: said }, |inner| DbError::from(*inner))
}

/// A query that a session has parsed and keeps.
pub struct Prepared(Statement);
