//! Whether the connection is encrypted, where it leaves this machine.

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::operate::preflight::asked::Asked;
use crate::operate::preflight::{Check, Level, Look, Seen};

pub const CHECK: Check = Check {
    code: "tls",
    title: "the connection is encrypted",
    why: "What goes over a network in the clear can be read and changed on the way: the statements, the rows, and with \
          some ways of logging in the password.",
    mend: "Add `sslmode=verify-full` and `sslrootcert` to the connection string; the server needs `ssl = on`.",
    stops: false,
    look: Look::Server(look),
};

const SQL: &str = "
    SELECT
        CASE
            WHEN ssl.ssl THEN pg_catalog.concat_ws(', ', ssl.version, ssl.cipher)
            WHEN pg_catalog.inet_server_addr() IS NULL THEN 'socket'
            WHEN pg_catalog.inet_server_addr() <<= '127.0.0.0/8' OR pg_catalog.inet_server_addr() = '::1' THEN 'loopback'
        END
    FROM pg_catalog.pg_stat_ssl AS ssl
    WHERE ssl.pid = pg_catalog.pg_backend_pid()";

fn look(connection: &mut Connection, _: &Asked) -> Result<Seen, DbError> {
    Ok(match connection.query_text(SQL)?.as_deref() {
        Some("socket") => Seen::Fine("by a socket on this machine".to_owned()),
        Some("loopback") => Seen::Fine("within this machine".to_owned()),
        Some(how) => Seen::Fine(how.to_owned()),
        None => Seen::one(Level::Warning, "the connection is not encrypted"),
    })
}
