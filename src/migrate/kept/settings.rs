//! How a session has to be set so that values become text and come back from it unchanged, whatever a script has set.

use crate::db::connection::Connection;
use crate::db::error::DbError;

/// Settings of the present transaction.
const SETTINGS: [(&str, &str); 12] = [
    ("search_path", ""),
    ("DateStyle", "ISO, MDY"),
    ("IntervalStyle", "postgres"),
    ("TimeZone", "UTC"),
    ("bytea_output", "hex"),
    ("xmlbinary", "base64"),
    ("extra_float_digits", "3"),
    ("array_nulls", "on"),
    // Money has as many digits as this says.
    ("lc_monetary", "C"),
    ("quote_all_identifiers", "off"),
    // Rather an error than some of the rows.
    ("row_security", "off"),
    ("statement_timeout", "0"),
];

/// What makes the session itself again where a script acts as another role.
const ROLE: (&str, &str) = ("role", "none");

/// What was set before.
pub(super) struct Settings(Vec<(&'static str, String)>);

impl Settings {
    /// Sets them for the present transaction.
    pub(super) fn enter(connection: &mut Connection, changes_role: bool) -> Result<Self, DbError> {
        let wanted: Vec<(&str, &str)> = changes_role.then_some(ROLE).into_iter().chain(SETTINGS).collect();
        let names: Vec<&str> = wanted.iter().map(|(name, _)| *name).collect();
        let sql = "SELECT pg_catalog.array_agg(pg_catalog.current_setting(name) ORDER BY place) \
                   FROM pg_catalog.unnest($1::text[]) WITH ORDINALITY AS s (name, place)";
        let rows = connection.query_with(sql, &[&names])?;
        let before: Vec<String> = rows.first().map(|row| row.try_get(0)).transpose()?.unwrap_or_default();
        for (name, value) in &wanted {
            set(connection, name, value)?;
        }
        Ok(Self(wanted.iter().map(|(name, _)| *name).zip(before).collect()))
    }

    /// Sets back what was; the role last, who may not set some of them.
    pub(super) fn leave(self, connection: &mut Connection) -> Result<(), DbError> {
        self.0.iter().rev().try_for_each(|(name, value)| set(connection, name, value))
    }
}

fn set(connection: &mut Connection, name: &str, value: &str) -> Result<(), DbError> {
    connection.query_with("SELECT pg_catalog.set_config($1, $2, true)", &[&name, &value]).map(drop)
}
