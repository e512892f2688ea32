//! Which tables a date is held against, and by which column.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::base::name::{Ident, Qualified};
use crate::base::pattern::Pattern;
use crate::db::connection::Snapshot;
use crate::db::row::decode;
use crate::operate::backup::since::Table;
use crate::operate::backup::since::date::Date;
use crate::operate::error::OperateError;

#[derive(Deserialize)]
struct Row {
    schema: String,
    name: String,
    partitioned: bool,
    columns: Vec<Column>,
    key: Vec<String>,
}

#[derive(Deserialize)]
struct Column {
    name: String,
    kind: String,
    generated: bool,
    /// `GENERATED ALWAYS AS IDENTITY`.
    identity: bool,
}

/// A table, and the query for its rows.
#[derive(Debug)]
pub(in crate::operate::backup) struct Wanted {
    pub name: Qualified,
    pub table: Table,
    pub query: String,
}

/// The tables that are declared, of those that the patterns name where there are any.
///
/// # Errors
/// `NoTable`, `Undeclared`, `ChangeColumn`, `NoKey`; what the server says.
pub(in crate::operate::backup) fn tables(
    snapshot: &mut Snapshot,
    declared: &BTreeMap<String, String>,
    patterns: &[String],
    date: &Date,
) -> Result<Vec<Wanted>, OperateError> {
    if declared.is_empty() {
        return Err(OperateError::NoneDeclared);
    }
    let rows = snapshot.query(include_str!("tables.sql"))?.iter().map(decode).collect::<Result<Vec<Row>, _>>()?;
    let all: Vec<(String, Row)> = rows.into_iter().map(|row| (format!("{}.{}", row.schema, row.name), row)).collect();
    let patterns: Vec<(&String, Pattern)> = patterns.iter().map(|text| (text, whole(text))).collect();
    for (text, pattern) in declared.keys().map(|text| (text, whole(text))).chain(patterns.iter().cloned()) {
        if !all.iter().any(|(name, _)| pattern.fits(name)) {
            return Err(OperateError::NoTable { pattern: text.clone() });
        }
    }
    let mut found = Vec::new();
    let mut fitted = vec![false; patterns.len()];
    for (name, row) in &all {
        let fits: Vec<bool> = patterns.iter().map(|(_, pattern)| pattern.fits(name)).collect();
        let Some(column) = column_of(declared, name).filter(|_| patterns.is_empty() || fits.contains(&true)) else {
            continue;
        };
        fitted.iter_mut().zip(&fits).for_each(|(fitted, fits)| *fitted |= *fits);
        found.push(wanted(row, column, date, found.len() + 1)?);
    }
    match fitted.iter().zip(&patterns).find(|(fitted, _)| !**fitted) {
        Some((_, (text, _))) => Err(OperateError::Undeclared { table: (*text).clone() }),
        None => Ok(found),
    }
}

/// A pattern without a schema is one of `public`.
fn whole(text: &str) -> Pattern {
    if text.contains('.') { Pattern::new(text) } else { Pattern::new(&format!("public.{text}")) }
}

/// The column that is declared for a table: by its own name, or by the first pattern that fits.
fn column_of<'a>(declared: &'a BTreeMap<String, String>, name: &str) -> Option<&'a str> {
    let exact = declared.get(name).or_else(|| declared.get(name.strip_prefix("public.")?));
    let fits = || declared.iter().find(|(text, _)| whole(text).fits(name)).map(|(_, column)| column);
    exact.or_else(fits).map(String::as_str)
}

fn wanted(row: &Row, column: &str, date: &Date, number: usize) -> Result<Wanted, OperateError> {
    let name = Qualified::new(&row.schema, &row.name);
    let table = || format!("{}.{}", row.schema, row.name);
    let wrong = |why: String| OperateError::ChangeColumn { table: table(), column: column.to_owned(), why };
    let found = row.columns.iter().find(|found| found.name == column);
    let found = found.ok_or_else(|| wrong("there is no such column".to_owned()))?;
    let literal = date.literal(&found.kind).ok_or_else(|| wrong(format!("it is of type {}", found.kind)))?;
    if row.key.is_empty() {
        return Err(OperateError::NoKey { table: table() });
    }
    let names = |wanted: &dyn Fn(&Column) -> bool| -> Vec<String> {
        row.columns.iter().filter(|column| wanted(column)).map(|column| column.name.clone()).collect()
    };
    let columns = names(&|column| !column.generated);
    // Those of children are theirs; those of partitions are the table's own.
    let only = if row.partitioned { "" } else { "ONLY " };
    let changed = Ident::new(column);
    // Of a row without a time nobody knows when it was changed.
    let query = format!(
        "COPY (SELECT {} FROM {only}{name} WHERE {changed} >= {literal} OR {changed} IS NULL) TO STDOUT",
        listed(&columns)
    );
    let table = Table {
        file: format!("rows-{number}"),
        column: column.to_owned(),
        kind: found.kind.clone(),
        columns,
        key: row.key.clone(),
        fixed: names(&|column| column.identity),
    };
    Ok(Wanted { name, table, query })
}

/// Names as SQL lists them.
pub(in crate::operate) fn listed(columns: &[String]) -> String {
    columns.iter().map(|name| Ident::new(name).to_string()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_goes_before_a_pattern() {
        let declared = [("public.a*", "one"), ("abc", "two"), ("shop.*", "three"), ("shop.x", "four")];
        let declared = declared.map(|(table, column)| (table.to_owned(), column.to_owned())).into();
        let column = |name| column_of(&declared, name);
        assert_eq!([column("public.abc"), column("public.abd")], [Some("two"), Some("one")]);
        assert_eq!([column("shop.x"), column("shop.y"), column("other.x")], [Some("four"), Some("three"), None]);
    }
}
