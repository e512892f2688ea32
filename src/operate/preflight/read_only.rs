//! Whether anything can be written.

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::operate::preflight::asked::Asked;
use crate::operate::preflight::{Check, Finding, Level, Look, Seen};

pub const CHECK: Check = Check {
    code: "read-only",
    title: "the server takes writes",
    why: "A standby, or a session that may only read, refuses the first statement that changes anything.",
    mend: "Connect to the primary (`target_session_attrs=read-write` finds it among several hosts), or set \
           `default_transaction_read_only = off`.",
    stops: true,
    look: Look::Server(look),
};

fn look(connection: &mut Connection, _: &Asked) -> Result<Seen, DbError> {
    let sql = "SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN 'standby'
               ELSE pg_catalog.current_setting('transaction_read_only') END";
    Ok(match connection.query_text(sql)?.as_deref() {
        Some("standby") => Seen::one(Level::Error, "the server is a standby"),
        Some("on") => {
            let what = "sessions of this role in this database may only read";
            Seen::Found(vec![Finding::new(Level::Error, what).mend("Set `default_transaction_read_only = off` again.")])
        }
        _ => Seen::Fine("it does".to_owned()),
    })
}
