//! Triggers that are off while rows come back.

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::migrate::kept::back::way::Way;

/// Triggers that would fire on rows that come back, and did when they were written first.
pub(super) struct Triggers(Vec<(String, String, bool)>);

impl Triggers {
    pub(super) fn disable(connection: &mut Connection, ways: &[Way]) -> Result<Self, DbError> {
        let oids: Vec<u32> = ways.iter().map(|way| way.place.oid).collect();
        let sql = "SELECT DISTINCT pg_catalog.format('%I.%I', n.nspname, c.relname), pg_catalog.quote_ident(t.tgname), \
                   t.tgenabled = 'A' FROM pg_catalog.pg_trigger AS t JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid \
                   JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
                   WHERE t.tgrelid = ANY ($1) AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') ORDER BY 1, 2";
        let rows = connection.query_with(sql, &[&oids])?;
        let one = |row: &postgres::Row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?));
        let triggers: Vec<(String, String, bool)> = rows.iter().map(one).collect::<Result<_, postgres::Error>>()?;
        for (table, trigger, _) in &triggers {
            connection.execute(&format!("ALTER TABLE {table} DISABLE TRIGGER {trigger}"))?;
        }
        Ok(Self(triggers))
    }

    pub(super) fn enable(self, connection: &mut Connection) -> Result<(), DbError> {
        for (table, trigger, always) in &self.0 {
            let how = if *always { "ENABLE ALWAYS" } else { "ENABLE" };
            connection.execute(&format!("ALTER TABLE {table} {how} TRIGGER {trigger}"))?;
        }
        Ok(())
    }
}
