//! A statement that is run in batches: an UPDATE, a DELETE, or an INSERT from a SELECT, a range of keys at a time.
//!
//! The rows are gone through in the order of a key that has an index and no NULL. Each batch looks for the key that ends
//! it, and runs the statement for the rows up to there. What comes in behind the place that it has reached is not seen:
//! new rows are the business of a default or a trigger that was there before.

pub mod gauge;
mod key;
pub mod place;
mod rows;
mod statement;
pub mod throttle;

use pg_query::protobuf::ParseResult;

use crate::base::name::Ident;
use crate::db::connection::Connection;
use crate::db::error::DbError;
pub use crate::migrate::backfill::key::Key;
use crate::migrate::backfill::statement::{NOT_ROW_BY_ROW, Source, bounded, source};
use crate::sql::directive::Backfill;
use crate::sql::parser::parse;

/// A statement, and how it is taken apart.
#[derive(Clone, Debug)]
pub struct Batches {
    pub settings: Backfill,
    tree: ParseResult,
    source: Source,
}

impl Batches {
    /// # Errors
    /// Why the statement cannot be run in batches.
    pub fn of(sql: &str, settings: Backfill) -> Result<Self, &'static str> {
        let tree = parse(sql).map_err(|_| "pgplumb cannot parse it")?.tree;
        let source = source(&tree)?;
        Ok(Self { settings, tree, source })
    }

    /// The columns that the rows are gone through by.
    ///
    /// # Errors
    /// What the server says; within, why they cannot be gone through by them, or not in parts.
    pub fn key(&self, connection: &mut Connection, sql: &str) -> Result<Result<Key, String>, DbError> {
        if !rows::is_row_by_row(connection, sql)? {
            return Ok(Err(NOT_ROW_BY_ROW.to_owned()));
        }
        Key::of(connection, &self.source.table, &self.settings.key)
    }

    /// The key of the last row of the batch that begins behind this one; none where no row is left.
    ///
    /// # Errors
    /// What the server says.
    pub fn end(
        &self,
        connection: &mut Connection,
        key: &Key,
        after: Option<&[String]>,
    ) -> Result<Option<Vec<String>>, DbError> {
        let only = if self.source.only { "ONLY " } else { "" };
        let columns = key.columns();
        let backwards = columns.iter().map(|column| format!("{column} DESC")).collect::<Vec<_>>().join(", ");
        let texts = columns.iter().map(|column| format!("{column}::text")).collect::<Vec<_>>().join(", ");
        let columns = columns.join(", ");
        let behind = after.map(|after| format!("WHERE {}", key.compared("", ">", after))).unwrap_or_default();
        let sql = format!(
            "SELECT ARRAY[{texts}] FROM (SELECT {columns} FROM {only}{} {behind} ORDER BY {columns} LIMIT {}) AS batch \
             ORDER BY {backwards} LIMIT 1",
            self.source.table, self.settings.batch
        );
        let rows = connection.query_with(&sql, &[])?;
        Ok(rows.first().map(|row| row.try_get(0)).transpose()?)
    }

    /// The statement for the rows behind one key and up to another.
    pub fn statement(&self, key: &Key, after: Option<&[String]>, end: &[String]) -> Option<String> {
        let alias = format!("{}.", Ident::new(&self.source.alias));
        let upto = key.compared(&alias, "<=", end);
        let condition = match after {
            Some(after) => format!("{} AND {upto}", key.compared(&alias, ">", after)),
            None => upto,
        };
        bounded(&self.tree, &condition)
    }

    /// About how many rows there are to go through, as the statistics have it.
    ///
    /// # Errors
    /// What the server says.
    pub fn estimate(&self, connection: &mut Connection) -> Result<u64, DbError> {
        let table = connection.named(&self.source.table);
        let rows = connection.query_with(include_str!("backfill/estimate.sql"), &[&table])?;
        let count: Option<i64> = rows.first().map(|row| row.try_get(0)).transpose()?.flatten();
        Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(sql: &str, after: Option<&[&str]>) -> String {
        let batches = Batches::of(sql, Backfill::default()).unwrap();
        let key = Key::from_pairs(&[("tenant", "text"), ("id", "bigint")]);
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        batches.statement(&key, after.map(owned).as_deref(), &owned(&["b'c", "9"])).unwrap()
    }

    #[test]
    fn the_range_of_keys_is_one_more_condition() {
        assert_eq!(
            statement("UPDATE ONLY s.t SET a = 1 WHERE a IS NULL OR b", Some(&["a", "3"])),
            "UPDATE ONLY s.t SET a = 1 WHERE (a IS NULL OR b) AND (t.tenant, t.id) > ('a'::text, '3'::bigint) \
             AND (t.tenant, t.id) <= ('b''c'::text, '9'::bigint)"
        );
        assert_eq!(
            statement("DELETE FROM t AS x USING u WHERE u.n = x.n RETURNING x.id", None),
            "DELETE FROM t x USING u WHERE u.n = x.n AND (x.tenant, x.id) <= ('b''c'::text, '9'::bigint) RETURNING x.id"
        );
        assert_eq!(
            statement("INSERT INTO u SELECT x.id FROM t AS x JOIN v USING (n) ON CONFLICT DO NOTHING", None),
            "INSERT INTO u SELECT x.id FROM t x JOIN v USING (n) WHERE (x.tenant, x.id) <= ('b''c'::text, '9'::bigint) \
             ON CONFLICT DO NOTHING"
        );
    }

    #[test]
    fn what_does_not_go_through_the_rows_of_a_table_has_no_batches() {
        let refused = |sql: &str| Batches::of(sql, Backfill::default()).unwrap_err();
        assert_eq!(refused("VACUUM t"), "only an UPDATE, a DELETE, or an INSERT from a SELECT has batches");
        assert_eq!(
            refused("INSERT INTO t VALUES (1)"),
            "only an UPDATE, a DELETE, or an INSERT from a SELECT has batches"
        );
        assert_eq!(
            refused("INSERT INTO u SELECT count(*) FROM t GROUP BY n"),
            "a SELECT that groups, sorts out or counts rows says something else about a part of them"
        );
        assert_eq!(refused("INSERT INTO u SELECT n FROM f(1)"), "the rows do not come from a table");
        assert_eq!(refused("UPDATE t SET a = 1 WHERE CURRENT OF c"), "a cursor has no batches");
    }
}
