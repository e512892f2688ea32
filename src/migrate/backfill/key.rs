//! The columns that a backfill goes through a table by.

use crate::base::name::{Ident, literal};
use crate::db::connection::Connection;
use crate::db::error::DbError;

/// Columns and their types, as SQL writes them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Key(Vec<(String, String)>);

impl Key {
    /// The columns that were named, or those of the primary key.
    pub(super) fn of(
        connection: &mut Connection,
        table: &str,
        named: &[String],
    ) -> Result<Result<Self, String>, DbError> {
        let there = connection.named(table);
        let rows = connection.query_with(include_str!("key.sql"), &[&there, &named])?;
        if rows.is_empty() {
            return Ok(Err(format!("`{table}` has no primary key; name the columns of an index: `key=...`")));
        }
        let mut columns = Vec::new();
        for row in &rows {
            let name: String = row.try_get(0)?;
            let kind: Option<String> = row.try_get(1)?;
            let (not_null, indexed): (bool, bool) = (row.try_get(2)?, row.try_get(3)?);
            let why = match kind {
                None => format!("`{table}` has no column `{name}`"),
                Some(_) if !not_null => {
                    format!("`{name}` of `{table}` can be NULL: such rows have no place in an order")
                }
                Some(_) if !indexed => {
                    format!("no index of `{table}` begins with these columns: each batch would read all of it")
                }
                Some(kind) => {
                    columns.push((Ident::new(&name).to_string(), kind));
                    continue;
                }
            };
            return Ok(Err(why));
        }
        Ok(Ok(Self(columns)))
    }

    pub(super) fn columns(&self) -> Vec<&str> {
        self.0.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// Whether this is the key that these values are of.
    pub fn is(&self, names: &[String]) -> bool {
        self.columns() == names
    }

    /// The names, to be remembered with the values.
    pub fn names(&self) -> Vec<String> {
        self.columns().into_iter().map(str::to_owned).collect()
    }

    /// `(t.a, t.b) > ('1'::bigint, 'x'::text)`; `prefix` is `t.` or nothing.
    pub(super) fn compared(&self, prefix: &str, operator: &str, values: &[String]) -> String {
        let columns: Vec<String> = self.columns().iter().map(|column| format!("{prefix}{column}")).collect();
        let values = self.0.iter().zip(values).map(|((_, kind), value)| format!("{}::{kind}", literal(value)));
        let values: Vec<String> = values.collect();
        match (columns.as_slice(), values.as_slice()) {
            ([column], [value]) => format!("{column} {operator} {value}"),
            _ => format!("({}) {operator} ({})", columns.join(", "), values.join(", ")),
        }
    }

    #[cfg(test)]
    pub(super) fn from_pairs(pairs: &[(&str, &str)]) -> Self {
        Self(pairs.iter().map(|(name, kind)| ((*name).to_owned(), (*kind).to_owned())).collect())
    }
}
