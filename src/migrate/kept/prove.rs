//! Checksums of rows, in whatever order they are.

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::migrate::kept::place::list;

/// How many rows, and their checksum: SHA-256 over their number and the sums of two parts of each row's own SHA-256. `from`
/// is what stands after FROM, and has these columns, all of them text.
pub(super) fn checksum(connection: &mut Connection, from: &str, columns: &[&str]) -> Result<(i64, String), DbError> {
    let part = |start: u8| {
        format!(
            "coalesce(pg_catalog.sum(('x' || pg_catalog.substr(h, {start}, 15))::pg_catalog.bit(60)::pg_catalog.int8), 0)"
        )
    };
    let encoding = "pg_catalog.getdatabaseencoding()";
    let sql = format!(
        "SELECT n, pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.concat_ws(':', n, a, b), \
         {encoding})), 'hex') FROM (SELECT pg_catalog.count(*) AS n, {} AS a, {} AS b FROM (SELECT \
         pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to((ROW({}))::pg_catalog.text, {encoding})), 'hex') AS h \
         FROM {from}) AS hashes) AS sums",
        part(1),
        part(17),
        list(columns),
    );
    let rows = connection.query_with(&sql, &[])?;
    let row = rows.first().ok_or_else(|| DbError::unexpected("no checksum"))?;
    Ok((row.try_get(0)?, row.try_get(1)?))
}
