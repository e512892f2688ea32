//! One connection to one server.

use postgres::{Client, Row};

use crate::db::error::DbError;

pub struct Connection {
    client: Client,
}

/// A connection within its one read-only snapshot.
pub struct Snapshot<'a> {
    client: &'a mut Client,
}

impl Connection {
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    pub fn client(&mut self) -> &mut Client {
        &mut self.client
    }

    /// Runs one or several statements as the simple protocol does.
    pub fn execute(&mut self, sql: &str) -> Result<(), DbError> {
        Ok(self.client.batch_execute(sql)?)
    }

    /// The first column of the first row, as text.
    pub fn query_text(&mut self, sql: &str) -> Result<Option<String>, DbError> {
        Ok(self.client.query_opt(sql, &[])?.and_then(|row| row.get(0)))
    }

    /// Runs `read` in one REPEATABLE READ READ ONLY transaction with an empty search path.
    pub fn read_snapshot<R, E: From<DbError>>(
        &mut self,
        read: impl FnOnce(&mut Snapshot) -> Result<R, E>,
    ) -> Result<R, E> {
        self.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL search_path = ''")?;
        let result = read(&mut Snapshot { client: &mut self.client });
        self.execute("ROLLBACK")?;
        result
    }
}

impl Snapshot<'_> {
    pub fn query(&mut self, sql: &str) -> Result<Vec<Row>, DbError> {
        Ok(self.client.query(sql, &[])?)
    }
}
