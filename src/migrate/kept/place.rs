//! A table as it is at the time, and the SQL that its values become text with.

use crate::base::name::{Ident, Qualified};
use crate::db::connection::Connection;
use crate::db::error::DbError;

/// One column.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Column {
    pub name: String,
    /// With its schema and its modifiers.
    pub type_name: String,
    pub always_identity: bool,
}

/// One table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Place {
    pub oid: u32,
    pub name: Qualified,
    pub partitioned: bool,
    /// Those that are stored.
    pub columns: Vec<Column>,
}

impl Place {
    /// The table with this number; none where there is none.
    pub(super) fn of(connection: &mut Connection, oid: u32) -> Result<Option<Self>, DbError> {
        let sql = "SELECT n.nspname::text, c.relname::text, c.relkind = 'p' FROM pg_catalog.pg_class AS c \
                   JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = $1 AND c.relkind IN ('r', 'p')";
        let rows = connection.query_with(sql, &[&oid])?;
        let Some(row) = rows.first() else { return Ok(None) };
        let (schema, name): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let partitioned = row.try_get(2)?;
        let sql = "SELECT attname::text, pg_catalog.format_type(atttypid, atttypmod), attidentity = 'a' \
                   FROM pg_catalog.pg_attribute WHERE attrelid = $1 AND attnum > 0 AND NOT attisdropped \
                   AND attgenerated = '' ORDER BY attnum";
        let one = |row: &postgres::Row| {
            Ok(Column { name: row.try_get(0)?, type_name: row.try_get(1)?, always_identity: row.try_get(2)? })
        };
        let rows = connection.query_with(sql, &[&oid])?;
        let columns = rows.iter().map(one).collect::<Result<_, postgres::Error>>()?;
        Ok(Some(Self { oid, name: Qualified::new(schema, name), partitioned, columns }))
    }

    /// The same by its name.
    pub(super) fn named(connection: &mut Connection, name: &Qualified) -> Result<Option<Self>, DbError> {
        let sql = "SELECT c.oid FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n \
                   ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2";
        let schema = connection.schema(name.schema.as_str()).to_owned();
        let rows = connection.query_with(sql, &[&schema, &name.name.as_str()])?;
        match rows.first() {
            Some(row) => Self::of(connection, row.try_get(0)?),
            None => Ok(None),
        }
    }

    /// As FROM names it: without the children of a table that has some by inheritance.
    pub(super) fn sql(&self) -> String {
        if self.partitioned { self.name.to_string() } else { format!("ONLY {}", self.name) }
    }

    pub(super) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// A value as the output function of its type writes it: a cast to text may be somebody's function, and takes the blanks
/// of `character` away. A row of NULLs is no NULL.
pub(super) fn text_of(value: &str) -> String {
    format!("CASE WHEN pg_catalog.num_nulls({value}) = 0 THEN pg_catalog.format('%s', {value}) END")
}

/// `CASE ... AS "a", ...` of all these.
pub(super) fn texts(columns: &[&str]) -> String {
    let one = |name: &&str| {
        let name = Ident::new(*name);
        format!("{} AS {name}", text_of(&name.to_string()))
    };
    columns.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// `"a", "b"`.
pub(super) fn list(columns: &[&str]) -> String {
    columns.iter().map(|name| Ident::new(*name).to_string()).collect::<Vec<_>>().join(", ")
}
