//! How a check asks: each question in a read-only transaction of its own, with a time limit.

use postgres::Row;
use serde::de::DeserializeOwned;

use crate::base::name::literal;
use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::row::decode;
use crate::db::tenant::{BOOKS, is_of_tenant};
use crate::operate::verify::Asked;

/// A connection that only looks.
pub struct Looking<'a> {
    connection: &'a mut Connection,
    pub(super) asked: &'a Asked,
}

/// What came of counting.
pub(super) enum Count {
    Rows(i64),
    /// It could not be counted, because of this.
    Unknown(String),
}

impl<'a> Looking<'a> {
    pub(super) fn new(connection: &'a mut Connection, asked: &'a Asked) -> Self {
        Self { connection, asked }
    }

    /// The rows of a query about objects; those in schemas that are not looked at, by the column `schema`, are left out.
    ///
    /// # Errors
    /// What the server says.
    pub(super) fn objects<T: DeserializeOwned>(&mut self, sql: &str) -> Result<Vec<T>, DbError> {
        let rows = self.ask(sql)?;
        let mut found = Vec::new();
        for row in &rows {
            let schema: String = row.try_get("schema")?;
            if self.is_looked_at(&schema) {
                found.push(decode(row)?);
            }
        }
        Ok(found)
    }

    /// All rows of a query.
    ///
    /// # Errors
    /// What the server says.
    pub(super) fn rows<T: DeserializeOwned>(&mut self, sql: &str) -> Result<Vec<T>, DbError> {
        self.ask(sql)?.iter().map(decode).collect()
    }

    /// The first column of the only row.
    ///
    /// # Errors
    /// When the connection is lost.
    pub(super) fn count(&mut self, sql: &str) -> Result<Count, DbError> {
        match self.ask(sql) {
            Ok(rows) => match rows.first() {
                Some(row) => Ok(Count::Rows(row.try_get(0)?)),
                None => Err(DbError::unexpected("a count without a row")),
            },
            Err(error) => Ok(Count::Unknown(reason(&error, self.asked).ok_or(error)?)),
        }
    }

    fn ask(&mut self, sql: &str) -> Result<Vec<Row>, DbError> {
        let settings = format!(
            "BEGIN READ ONLY; SET LOCAL search_path = ''; SET LOCAL row_security = off;
             SET LOCAL timezone = 'UTC'; SET LOCAL bytea_output = 'hex'; SET LOCAL intervalstyle = 'postgres';
             SET LOCAL statement_timeout = {}; SET LOCAL lock_timeout = {}",
            literal(&self.asked.statement),
            literal(&self.asked.lock)
        );
        self.connection.execute(&settings)?;
        let rows = self.connection.query_with(sql, &[]);
        let end = self.connection.execute("ROLLBACK");
        let rows = rows?;
        end?;
        Ok(rows)
    }

    /// The schema of the books, as the server calls it.
    pub(super) fn books(&self) -> &str {
        self.connection.is_for().map_or(BOOKS, |tenant| tenant.books())
    }

    /// Neither the server's own, nor the books, nor what the project leaves out.
    fn is_looked_at(&self, schema: &str) -> bool {
        if let Some(tenant) = self.connection.is_for() {
            return schema == tenant.schema();
        }
        let own = ["pg_catalog", "information_schema", "pgplumb", "pgplumb_kept"].contains(&schema)
            || is_of_tenant(schema)
            || schema.starts_with("pg_toast")
            || schema.starts_with("pg_temp");
        !own && !self.asked.exclude.iter().any(|pattern| pattern.fits(schema))
    }
}

/// Why a question could not be asked; none where the server is gone. Its own words may quote a row.
pub(super) fn reason(error: &DbError, asked: &Asked) -> Option<String> {
    Some(match error.sqlstate()? {
        "57014" => format!("it takes longer than {} (`timeouts.check_data`)", asked.statement),
        "55P03" => format!("somebody else has locked the table for longer than {}", asked.lock),
        "42501" => "the role may not read it".to_owned(),
        state => format!("it fails (SQLSTATE {state})"),
    })
}
