//! What the books of a database say, in one query: for those who look at many databases, most of which have nothing to do.

use serde::Deserialize;
use serde_json::Value;

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::row::decode;
use crate::migrate::apply::Order;
use crate::migrate::books::{Outcome, Record};
use crate::migrate::due::{due, newer};
use crate::migrate::embedded;
use crate::migrate::error::MigrateError;
use crate::migrate::folder::Migration;
use crate::migrate::survey::{Standing, Survey};

/// Nothing at all where there are no books yet.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Glance {
    /// Of the state that was measured after the last run; none where that is not known.
    pub fingerprint: Option<String>,
    /// Oldest first, without their scripts.
    pub records: Vec<Record>,
}

#[derive(Deserialize)]
struct Row {
    fingerprint: Option<String>,
    records: Value,
}

/// The SQLSTATEs of a schema and of a table that are not there.
const NO_BOOKS: &[&str] = &["3F000", "42P01"];

/// # Errors
/// What the server says, or that it went away.
pub fn glance(connection: &mut Connection) -> Result<Glance, MigrateError> {
    let own: Vec<String> = embedded::migrations().into_iter().map(|migration| migration.id).collect();
    let sql = include_str!("glance.sql").replace("({records})", concat!("(\n", include_str!("records.sql"), ")"));
    let rows = match connection.query_with(&sql, &[&own]) {
        // To ask first whether there are any would be a second query.
        Err(error) if error.sqlstate().is_some_and(|state| NO_BOOKS.contains(&state)) => return Ok(Glance::default()),
        other => other?,
    };
    let row = rows.first().ok_or_else(|| DbError::unexpected("no row of the books"))?;
    let Row { fingerprint, records } = decode(row)?;
    let records = serde_json::from_value(records).map_err(|error| DbError::Decode { what: error.to_string() })?;
    Ok(Glance { fingerprint, records })
}

impl Glance {
    /// What `apply` would run.
    ///
    /// # Errors
    /// Where the files or the books speak against it.
    pub fn due(&self, files: &[Migration], order: &Order) -> Result<Vec<String>, MigrateError> {
        newer(&self.records)?;
        let survey = Survey::of(files, &self.records);
        let due = due(&survey, order)?.due.into_iter().map(|entry| entry.id.clone());
        // One that takes the place of others is written down.
        Ok(due.chain(survey.with(Standing::Replaces)).collect())
    }

    /// Whether there is nothing else either that `apply` would do: books to be brought up to date, a state to be measured.
    pub fn is_settled(&self) -> bool {
        let applied = |id: &str| {
            let last = self.records.iter().rev().find(|record| record.id == id);
            last.is_some_and(|record| record.outcome == Outcome::Applied)
        };
        self.fingerprint.is_some() && embedded::migrations().iter().all(|migration| applied(&migration.id))
    }
}
