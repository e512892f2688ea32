//! One thing on its way back into its table.

use crate::base::name::{Ident, Qualified};
use crate::base::wording::counted;
use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::migrate::kept::back::settle;
use crate::migrate::kept::copy::{columns, value};
use crate::migrate::kept::entry::{Entry, Sort};
use crate::migrate::kept::error::KeptError;
use crate::migrate::kept::place::{Place, texts};
use crate::migrate::kept::prove::checksum;
use crate::migrate::retry::is_passing;

/// One thing on its way back, with the table that it goes into.
pub(super) struct Way<'a> {
    pub(super) entry: &'a Entry,
    pub(super) copy: Qualified,
    pub(super) place: Place,
}

/// What has rows to go back, in an order in which each finds what it refers to.
pub(super) fn ways<'a>(connection: &mut Connection, entries: &[&'a Entry]) -> Result<Vec<Way<'a>>, KeptError> {
    let mut ways = Vec::new();
    for entry in entries {
        let Some(copy) = entry.copied_to() else { continue };
        let not_there = |why: String| KeptError::NotThere { what: entry.what(), why, copy: copy.to_string() };
        let root = entry.root_schema.as_ref().zip(entry.root_name.as_ref());
        let mut place = Place::named(connection, &entry.relation())?;
        if let (None, Some((schema, name))) = (&place, root) {
            place = Place::named(connection, &Qualified::new(schema.as_str(), name.as_str()))?;
        }
        let place = place.ok_or_else(|| not_there("there is no such table".to_owned()))?;
        if let Some(gone) = entry.columns.iter().find(|column| place.column(column).is_none()) {
            return Err(not_there(format!("the table has no column `{gone}` that takes values")));
        }
        ways.push(Way { entry, copy, place });
    }
    let oids: Vec<u32> = ways.iter().map(|way| way.place.oid).collect();
    let rows = connection.query_with(include_str!("references.sql"), &[&oids])?;
    let one = |row: &postgres::Row| Ok((row.try_get(0)?, row.try_get(1)?));
    let references: Vec<(u32, u32)> =
        rows.iter().map(one).collect::<Result<_, postgres::Error>>().map_err(DbError::from)?;
    // Rows before values of rows.
    ways.sort_by_key(|way| (way.entry.sort, way.entry.id));
    Ok(sorted(ways, &references))
}

/// Each behind those that it refers to; what refers to itself in a circle stays as it was.
fn sorted<'a>(mut ways: Vec<Way<'a>>, references: &[(u32, u32)]) -> Vec<Way<'a>> {
    let mut sorted: Vec<Way> = Vec::new();
    while !ways.is_empty() {
        let waits = |way: &Way, ways: &[Way]| {
            let to = references.iter().filter(|(from, _)| *from == way.place.oid).map(|(_, to)| *to);
            to.into_iter().any(|to| ways.iter().any(|other| other.place.oid == to && to != way.place.oid))
        };
        let next = ways.iter().position(|way| !waits(way, &ways)).unwrap_or_default();
        sorted.push(ways.remove(next));
    }
    sorted
}

impl Way<'_> {
    /// What the server says against it.
    pub(super) fn refused(&self, error: DbError) -> KeptError {
        match error.sqlstate() {
            Some(state) if !is_passing(state) && state != "57014" => KeptError::Refused {
                what: self.entry.what(),
                copy: self.copy.to_string(),
                cause: error.without_position(),
            },
            _ => error.into(),
        }
    }

    /// That nobody changed the copy.
    pub(super) fn is_unaltered(&self, connection: &mut Connection) -> Result<(), KeptError> {
        let (names, _) = columns(&self.entry.columns);
        let (rows, sum) = checksum(connection, &self.copy.to_string(), &names)?;
        if rows == self.entry.rows && Some(&sum) == self.entry.checksum.as_ref() {
            return Ok(());
        }
        Err(KeptError::Altered { what: self.entry.what(), copy: self.copy.to_string() })
    }

    pub(super) fn write(&self, connection: &mut Connection) -> Result<(), DbError> {
        match self.entry.sort {
            Sort::Table => self.insert(connection),
            Sort::Column => self.update(connection),
            Sort::Sequence => Ok(()),
        }
    }

    /// The rows that are not there: the up may have written some of them itself.
    fn insert(&self, connection: &mut Connection) -> Result<(), DbError> {
        let (names, listed) = columns(&self.entry.columns);
        let typed: Vec<String> = names.iter().map(|name| self.typed("kept", name)).collect();
        let (texts, to, from, typed) = (texts(&names), &self.place.name, self.place.sql(), typed.join(", "));
        connection.execute(&format!(
            "INSERT INTO {to} ({listed}) OVERRIDING SYSTEM VALUE SELECT {typed} FROM \
             (SELECT {listed} FROM {} EXCEPT ALL SELECT {texts} FROM {from}) AS kept",
            self.copy
        ))
    }

    fn update(&self, connection: &mut Connection) -> Result<(), DbError> {
        let Some(column) = &self.entry.column_name else { return Ok(()) };
        let name = Ident::new(column.as_str());
        if self.place.column(column).is_some_and(|column| column.always_identity) {
            self.generated(connection, "BY DEFAULT")?;
        }
        connection.execute(&format!(
            "UPDATE {} AS t SET {name} = {} FROM {} AS kept WHERE {} AND {} IS DISTINCT FROM kept.{name}",
            self.place.sql(),
            self.typed("kept", column),
            self.copy,
            self.same_key(),
            value("t", column),
        ))
    }

    fn generated(&self, connection: &mut Connection, how: &str) -> Result<(), DbError> {
        let (table, column) = (&self.place.name, Ident::new(self.entry.column_name.clone().unwrap_or_default()));
        connection.execute(&format!("ALTER TABLE ONLY {table} ALTER COLUMN {column} SET GENERATED {how}"))
    }

    /// An identity column takes no values while it is GENERATED ALWAYS.
    pub(super) fn settle_identity(&self, connection: &mut Connection) -> Result<(), DbError> {
        let column = self.entry.column_name.as_ref().and_then(|column| self.place.column(column));
        match column {
            Some(column) if self.entry.sort == Sort::Column && column.always_identity => {
                self.generated(connection, "ALWAYS")
            }
            _ => Ok(()),
        }
    }

    /// The text of a column of the copy as a value of the type that its column has now.
    fn typed(&self, alias: &str, column: &str) -> String {
        let type_name = self.place.column(column).map_or("text", |column| column.type_name.as_str());
        format!("({alias}.{})::{type_name}", Ident::new(column))
    }

    fn same_key(&self) -> String {
        let one = |column: &String| format!("{} = kept.{}", value("t", column), Ident::new(column.as_str()));
        self.entry.key.iter().map(one).collect::<Vec<_>>().join(" AND ")
    }

    /// That each row of the copy is in the table now, as often as it is in the copy; of a column, that each value is with its
    /// row. How many have no row any more.
    pub(super) fn prove(&self, connection: &mut Connection) -> Result<usize, KeptError> {
        let (names, listed) = columns(&self.entry.columns);
        let from = self.place.sql();
        let sql = match &self.entry.column_name {
            Some(column) if self.entry.sort == Sort::Column => format!(
                "SELECT pg_catalog.count(*) FILTER (WHERE t.tableoid IS NOT NULL AND {} IS DISTINCT FROM kept.{}), \
                 pg_catalog.count(*) FILTER (WHERE t.tableoid IS NULL) FROM {} AS kept LEFT JOIN {from} AS t ON {}",
                value("t", column),
                Ident::new(column.as_str()),
                self.copy,
                self.same_key(),
            ),
            _ => format!(
                "SELECT pg_catalog.count(*), 0::bigint FROM (SELECT {listed} FROM {} EXCEPT ALL SELECT {} FROM {from}) AS gone",
                self.copy,
                texts(&names),
            ),
        };
        let rows = connection.query_with(&sql, &[])?;
        let counts = rows.first().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).transpose();
        let (other, missing): (i64, i64) =
            counts.map_err(|error: postgres::Error| DbError::from(error))?.unwrap_or_default();
        if other > 0 {
            let count = usize::try_from(other).unwrap_or_default();
            return Err(KeptError::Differs { what: self.entry.what(), count, copy: self.copy.to_string() });
        }
        Ok(usize::try_from(missing).unwrap_or_default())
    }

    /// Writes down that it is back. The copy goes, unless some of its values have no row any more.
    pub(super) fn done(&self, connection: &mut Connection, missing: usize) -> Result<String, DbError> {
        let (what, measure) = (self.entry.what(), self.entry.measure());
        if missing == 0 {
            settle(connection, self.entry, "put back", true)?;
            return Ok(format!("put back {what}: {measure}"));
        }
        settle(connection, self.entry, "put back in part", false)?;
        Ok(format!(
            "put back {what}, but for {} whose rows are gone: all of it stays in `{}` until `restore-kept --drop`",
            counted(missing, "value"),
            self.copy
        ))
    }
}
