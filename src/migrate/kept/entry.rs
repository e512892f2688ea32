//! What is kept, as the manifest says it. It is a table of the schema of kept rows, which comes with the first of them.

use serde::{Deserialize, Serialize};

use crate::base::name::{Ident, Qualified, without_public};
use crate::base::wording::counted;
use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::row::document;
use crate::migrate::kept::error::KeptError;
use crate::observe::size::bytes as size;
use crate::source::leave::KEPT;

/// What sort of thing is kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// All its rows.
    Table,
    /// Its values, with the key of their rows.
    Column,
    /// Its position.
    Sequence,
}

impl Sort {
    pub fn word(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Column => "column",
            Self::Sequence => "sequence",
        }
    }
}

/// One thing that is kept.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Entry {
    pub id: i64,
    /// The migration that was rolled back, and which of its runs.
    pub migration: String,
    pub run: i64,
    pub sort: Sort,
    pub schema_name: String,
    /// The table, or the sequence.
    pub name: String,
    pub column_name: Option<String>,
    /// Of a partition: the table that its rows go into where it is not there itself.
    pub root_schema: Option<String>,
    pub root_name: Option<String>,
    /// Of a column: by what its rows are found.
    pub key: Vec<String>,
    /// Of a table: what is copied of it.
    pub columns: Vec<String>,
    pub rows: i64,
    /// Of the rows, in whatever order.
    pub checksum: Option<String>,
    /// Of a sequence: its last value, and whether it was handed out; and the column that it belongs to.
    pub last_value: Option<i64>,
    pub is_called: Option<bool>,
    pub owner_schema: Option<String>,
    pub owner_name: Option<String>,
    /// The table of the schema of kept rows that has them; none where there is none, or none any more.
    pub copy: Option<String>,
    /// Whether `apply` puts it back; not where something else took its name in the same transaction.
    pub by_apply: bool,
    pub kept_at: String,
    pub kept_by: String,
    pub kept_from: Option<String>,
    pub tool_version: String,
    pub settled_at: Option<String>,
    /// What became of it; none as long as it waits.
    pub outcome: Option<String>,
    /// Size of the copy.
    pub bytes: Option<i64>,
}

impl Entry {
    /// The table, or the sequence.
    pub fn relation(&self) -> Qualified {
        Qualified::new(self.schema_name.as_str(), self.name.as_str())
    }

    pub(super) fn copied_to(&self) -> Option<Qualified> {
        self.copy.as_ref().map(|copy| Qualified::new(KEPT, copy.as_str()))
    }

    /// `table orders`, `column orders.note`.
    pub fn what(&self) -> String {
        let column = self.column_name.as_ref().map(|column| format!(".{}", Ident::new(column.as_str())));
        let column = column.filter(|_| self.sort == Sort::Column).unwrap_or_default();
        format!("{} {}{column}", self.sort.word(), without_public(&self.relation().to_string()))
    }

    /// `kept table orders: 3 rows, 16 kB`.
    pub(super) fn told(&self) -> String {
        format!("kept {}: {}", self.what(), self.measure())
    }

    /// `3 rows, 16 kB`, or `at 7`.
    pub fn measure(&self) -> String {
        match self.last_value {
            Some(last) => format!("at {last}"),
            None => {
                let rows = counted(usize::try_from(self.rows).unwrap_or_default(), "row");
                let size = self.bytes.map(|bytes| size(u64::try_from(bytes).unwrap_or_default()));
                size.map_or(rows.clone(), |size| format!("{rows}, {size}"))
            }
        }
    }

    /// Whether nothing of it was put back or given up.
    pub fn waits(&self) -> bool {
        self.outcome.is_none()
    }

    /// Whether a person may call it so: by its migration, its table, or its column.
    pub fn is_called_so(&self, name: &str) -> bool {
        let relation = self.relation().to_string();
        let (bare, plain) = (without_public(&relation), self.name.as_str());
        let column = self.column_name.as_ref().map(|column| format!("{bare}.{}", Ident::new(column.as_str())));
        let (time, title) = self.migration.split_once('_').unwrap_or((self.migration.as_str(), ""));
        [self.migration.as_str(), time, title, relation.as_str(), bare.as_str(), plain].contains(&name)
            || column.is_some_and(|column| column == without_public(name))
    }
}

/// All of them, the oldest first; none where nothing was ever kept.
///
/// # Errors
/// What the server says, or that the schema is another's.
pub fn entries(connection: &mut Connection) -> Result<Vec<Entry>, KeptError> {
    if !exists(connection)? {
        return Ok(Vec::new());
    }
    let rows = connection.query_with(include_str!("entries.sql"), &[])?;
    Ok(rows.iter().map(document).collect::<Result<_, DbError>>()?)
}

/// Whether anything was ever kept here.
///
/// # Errors
/// What the server says, or that the schema is another's.
pub(super) fn exists(connection: &mut Connection) -> Result<bool, KeptError> {
    let sql = "SELECT pg_catalog.has_schema_privilege(n.oid, 'USAGE'), pg_catalog.pg_has_role(n.nspowner, 'USAGE') \
               AND EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.relnamespace = n.oid AND c.relname = 'manifest' \
               AND c.relowner = n.nspowner) FROM pg_catalog.pg_namespace AS n WHERE n.nspname = $1";
    let schema = connection.schema(KEPT).to_owned();
    let rows = connection.query_with(sql, &[&schema])?;
    let Some(row) = rows.first() else { return Ok(false) };
    let (usable, ours): (bool, bool) = (row.try_get(0).map_err(DbError::from)?, row.try_get(1).map_err(DbError::from)?);
    match (usable, ours) {
        (_, true) => Ok(true),
        // Another role keeps rows there, which are not ours to see.
        (false, false) => Err(KeptError::NotAllowed),
        (true, false) => Err(KeptError::NotOurs),
    }
}

/// Makes the schema where it is not there.
pub(super) fn prepare(connection: &mut Connection) -> Result<(), KeptError> {
    if !exists(connection)? {
        connection.execute(include_str!("schema.sql"))?;
        seal(connection, KEPT, None)?;
        for table in ["manifest", "begun"] {
            seal(connection, KEPT, Some(table))?;
        }
    }
    Ok(())
}

/// Takes away what default privileges gave others.
pub(super) fn seal(connection: &mut Connection, schema: &str, table: Option<&str>) -> Result<(), DbError> {
    let there = connection.schema(schema).to_owned();
    let rows = connection.query_with(include_str!("grantees.sql"), &[&there, &table])?;
    let object = match table {
        Some(table) => format!("TABLE {}", Qualified::new(schema, table)),
        None => format!("SCHEMA {}", Ident::new(schema)),
    };
    for row in rows {
        let grantee: String = row.try_get(0)?;
        connection.execute(&format!("REVOKE ALL ON {object} FROM {grantee} CASCADE"))?;
    }
    Ok(())
}

/// Writes down that a rollback keeps what it drops, so that whoever goes on with it does so as well.
pub(in crate::migrate) fn begin(connection: &mut Connection, run: i64) -> Result<(), KeptError> {
    connection.execute("BEGIN")?;
    prepare(connection)?;
    connection.query_with("INSERT INTO pgplumb_kept.begun (run) VALUES ($1) ON CONFLICT DO NOTHING", &[&run])?;
    Ok(connection.execute("COMMIT")?)
}

/// Whether a rollback of this run was begun so.
pub(in crate::migrate) fn is_begun(connection: &mut Connection, run: i64) -> Result<bool, KeptError> {
    if !exists(connection)? {
        return Ok(false);
    }
    let rows = connection.query_with("SELECT FROM pgplumb_kept.begun WHERE run = $1", &[&run])?;
    Ok(!rows.is_empty())
}
