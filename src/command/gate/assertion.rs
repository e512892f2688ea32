//! A check that is a query: it is to give true.

use std::time::Duration;

use crate::db::connection::Connection;
use crate::db::error::DbError;

/// Asks in a session of its own, which cannot write. Returns why it does not hold.
///
/// # Errors
/// What the server says against it, or that it is not there.
pub(super) fn ask(session: &Connection, sql: &str, timeout: Duration) -> Result<Option<String>, DbError> {
    let mut connection = session.another()?;
    let timeout = timeout.as_millis();
    connection.execute(&format!("BEGIN READ ONLY; SET LOCAL statement_timeout = {timeout}"))?;
    // The extended protocol takes one statement, so that none ends the transaction and goes on.
    let rows = connection.query_with(sql, &[])?;
    let [row] = rows.as_slice() else { return Ok(Some(format!("it gives {} rows and not one", rows.len()))) };
    if row.len() != 1 {
        return Ok(Some(format!("it gives {} columns and not one", row.len())));
    }
    Ok(match row.try_get::<_, Option<bool>>(0) {
        Ok(Some(true)) => None,
        Ok(Some(false)) => Some("it gives false".to_owned()),
        Ok(None) => Some("it gives NULL".to_owned()),
        Err(_) => Some("what it gives is no boolean".to_owned()),
    })
}
