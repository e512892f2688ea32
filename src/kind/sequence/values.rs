//! The values that a sequence gives, whether it stands alone or behind an identity column.

use crate::base::name::{Ident, literal};
use crate::kind::Key;
use crate::kind::statement::Statement;

/// The default bounds of a sequence of this type (`init_params` in `sequence.c`).
pub fn type_bounds(data_type: &str, increment: i64) -> (i64, i64) {
    let (low, high) = match data_type {
        "smallint" => (i64::from(i16::MIN), i64::from(i16::MAX)),
        "integer" => (i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => (i64::MIN, i64::MAX),
    };
    if increment > 0 { (1, high) } else { (low, -1) }
}

/// Makes a new sequence go on behind the values that a column of a table in use holds already, as its defaults would
/// collide with them otherwise.
pub fn go_on(sequence: &str, column: &Key, start: i64, increment: i64, (min, max): (i64, i64)) -> Option<Statement> {
    let (table, name) = (column.on()?.sql(), Ident::new(column.name()));
    let (furthest, within) = if increment > 0 {
        (format!("max({name})"), format!("BETWEEN {start} AND {max}"))
    } else {
        (format!("min({name})"), format!("BETWEEN {min} AND {start}"))
    };
    let set = format!("pg_catalog.setval({}, {furthest})", literal(sequence));
    Some(Statement::new(format!("SELECT {set} FROM {table} HAVING {furthest} {within}")))
}
