//! What a history says of one migration.

use jiff::Timestamp;
use jiff::civil::DateTime;
use serde_json::Value;

/// One migration that a tool applied.
#[derive(Clone, PartialEq, Debug, Default)]
pub(in crate::migrate) struct Row {
    /// As the tool writes it.
    pub version: Option<String>,
    /// What it is called beside that.
    pub name: Option<String>,
    /// What its file is called, without its ending, where the table says it.
    pub stem: Option<String>,
    /// A time of fourteen digits that it has in the place of a version.
    pub time: Option<String>,
    /// When it ran, as Postgres prints it.
    pub at: Option<String>,
    /// The role.
    pub by: Option<String>,
    pub seconds: Option<f64>,
    pub checksum: Option<String>,
    /// Whether all that comes before it counts as applied, whatever the table says of it.
    pub covers: bool,
}

/// What all of its rows say.
#[derive(Debug, Default)]
pub(in crate::migrate) struct Read {
    /// What is applied, in the order in which it was.
    pub rows: Vec<Row>,
    /// What failed, or was cut off, for a person.
    pub unfinished: Vec<String>,
}

/// A column as text; none where it is null, or not there.
pub(super) fn text(row: &Value, column: &str) -> Option<String> {
    match row.get(column)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A column that says when something was, as text; none where it does not.
pub(super) fn time(row: &Value, column: &str) -> Option<String> {
    let is_time = |text: &String| text.parse::<Timestamp>().is_ok() || text.parse::<DateTime>().is_ok();
    text(row, column).filter(is_time)
}

/// Whether a column is true.
pub(super) fn is_true(row: &Value, column: &str) -> bool {
    row.get(column).and_then(Value::as_bool).unwrap_or_default()
}

/// A time that took so many parts of a second; a tool that did not measure it writes less than none.
pub(super) fn seconds(row: &Value, column: &str, parts: f64) -> Option<f64> {
    row.get(column).and_then(Value::as_f64).filter(|time| *time >= 0.0).map(|time| time / parts)
}
