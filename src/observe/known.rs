//! The relations that other sessions can be using, as they were before a statement.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::row::decode;
use crate::observe::Numbered;
use crate::observe::effect::Effect;
use crate::observe::relation::{Relation, RelationKind};

/// A relation as it was before the statement.
#[derive(Clone, Deserialize)]
pub(super) struct Known {
    pub(super) oid: u32,
    pub(super) relation: Relation,
    /// Where its rows are; 0 where it has none of its own.
    filenode: u32,
    /// What its rows take up.
    bytes: Option<i64>,
    /// The table of an index.
    pub(super) table: Option<u32>,
}

impl Known {
    /// What became of its rows.
    pub(super) fn compare(&self, now: &Known, effect: &mut Effect) {
        if self.filenode == 0 || self.filenode == now.filenode || self.relation.kind == RelationKind::Sequence {
            return;
        }
        let emptied = self.bytes > Some(0) && now.bytes == Some(0);
        if emptied { effect.emptied = true } else { effect.rewritten = true }
    }
}

/// Those that are known, by oid.
#[derive(Default)]
pub(super) struct Relations {
    pub(super) all: BTreeMap<u32, Known>,
    /// Whether none of them is known that is gone.
    pub(super) is_sure: bool,
    /// The transaction from which on there may be others, and these may be changed.
    since: Option<i64>,
}

impl Relations {
    /// Learns what is there that is not known.
    pub(super) fn look(&mut self, connection: &mut Connection) -> Result<(), DbError> {
        let now = "SELECT pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())::text";
        let now = connection.query_text(now)?.and_then(|now| now.parse().ok());
        let since = self.since.filter(|_| self.is_sure);
        if since.is_none() {
            self.all.clear();
        }
        self.all.extend(relations(connection, &[], since)?.into_iter().map(|known| (known.oid, known)));
        (self.is_sure, self.since) = (true, now);
        Ok(())
    }

    /// The tables and materialized views whose names, or whose indexes' names, stand in the statement, in the order of these.
    pub(super) fn named_in(&self, sql: &str) -> Vec<&Known> {
        let mut named: BTreeMap<u32, usize> = BTreeMap::new();
        for known in self.all.values() {
            let Some(at) = sql.find(&known.relation.name) else { continue };
            let first = named.entry(known.table.unwrap_or(known.oid)).or_insert(at);
            *first = at.min(*first);
        }
        let mut named: Vec<(usize, &Known)> =
            named.iter().filter_map(|(oid, at)| Some((*at, self.all.get(oid)?))).collect();
        named.retain(|(_, known)| known.relation.has_rows());
        named.sort_by_key(|(at, known)| (*at, known.oid));
        named.into_iter().map(|(_, known)| known).collect()
    }

    /// The tables that foreign keys tie to these.
    pub(super) fn tied_to(&self, near: &[&Known], watcher: &mut Connection) -> Result<Vec<&Known>, DbError> {
        let oids: Vec<u32> = near.iter().map(|known| known.oid).collect();
        let rows = watcher.query_with(include_str!("tied.sql"), &[&oids])?;
        let tied = rows.iter().map(decode::<Numbered>).collect::<Result<Vec<_>, _>>()?;
        Ok(tied.iter().filter_map(|tied| self.all.get(&tied.oid)).collect())
    }
}

/// These relations, or all; where a transaction is given, those that it and later ones changed.
pub(super) fn relations(connection: &mut Connection, oids: &[u32], since: Option<i64>) -> Result<Vec<Known>, DbError> {
    connection.query_with(include_str!("relation.sql"), &[&oids, &since])?.iter().map(decode).collect()
}
