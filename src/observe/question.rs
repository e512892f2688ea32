//! What is asked before and after every statement of a plan.
//!
//! A plan has hundreds of them, and Postgres takes longer to plan these queries than to answer them, so they are
//! prepared once.

use std::collections::BTreeSet;

use crate::db::connection::{Connection, Prepared};
use crate::db::error::DbError;
use crate::db::row::decode;
use crate::observe::{Numbered, Pending, Seen};

const PENDING: &str = include_str!("pending.sql");
const SEEN: &str = include_str!("seen.sql");

/// Statements with one of these words can end what is prepared.
const END_IT: [&str; 2] = ["deallocate", "discard"];

/// The questions of one session to itself.
pub(super) struct Questions {
    /// Its process on the server.
    pub(super) pid: i32,
    /// None while they may be gone.
    prepared: Option<(Prepared, Prepared)>,
}

impl Questions {
    pub(super) fn prepare(connection: &mut Connection) -> Result<Self, DbError> {
        Ok(Self { pid: connection.pid()?, prepared: None })
    }

    /// Makes ready for what comes.
    pub(super) fn foresee(&mut self, connection: &mut Connection, sql: &str) -> Result<(), DbError> {
        let sql = sql.to_ascii_lowercase();
        if END_IT.iter().any(|word| sql.contains(word)) {
            self.prepared = None;
        } else if self.prepared.is_none() {
            self.prepared = Some((connection.prepare(PENDING)?, connection.prepare(SEEN)?));
        }
        Ok(())
    }

    /// The locks that the session holds.
    pub(super) fn seen(&self, connection: &mut Connection) -> Result<Vec<Seen>, DbError> {
        let rows = match &self.prepared {
            Some((_, seen)) => connection.query_prepared(seen, &[&self.pid]),
            None => connection.query_with(SEEN, &[&self.pid]),
        };
        rows?.iter().map(decode).collect()
    }

    /// What it has counted and not reported of these relations.
    pub(super) fn pending(&self, connection: &mut Connection, oids: Vec<u32>) -> Result<Vec<Pending>, DbError> {
        let rows = match &self.prepared {
            Some((pending, _)) => connection.query_prepared(pending, &[&oids]),
            None => connection.query_with(PENDING, &[&oids]),
        };
        rows?.iter().map(decode).collect()
    }
}

/// The relations that a session has counted something of and not reported it.
pub(super) fn counted(connection: &mut Connection) -> Result<BTreeSet<u32>, DbError> {
    let rows = connection.query_with(include_str!("counted.sql"), &[])?;
    rows.iter().map(|row| Ok(decode::<Numbered>(row)?.oid)).collect()
}
