//! Settings that somebody changed and that the server has not taken up yet.

use crate::base::wording::listed;
use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::operate::preflight::asked::Asked;
use crate::operate::preflight::{Check, Level, Look, Seen};

pub const CHECK: Check = Check {
    code: "pending-restart",
    title: "no setting waits for a restart",
    why: "The next restart changes more than its maker expects: somebody set these, and they do not hold yet.",
    mend: "Restart the server at a time of your choice, or take the settings back.",
    stops: false,
    look: Look::Server(look),
};

fn look(connection: &mut Connection, _: &Asked) -> Result<Seen, DbError> {
    // What the command line says will say it again.
    let sql = "SELECT name FROM pg_catalog.pg_settings
               WHERE pending_restart AND source <> 'command line' ORDER BY name";
    let rows = connection.query_with(sql, &[])?;
    let names = rows.iter().map(|row| row.try_get(0)).collect::<Result<Vec<String>, _>>()?;
    if names.is_empty() {
        return Ok(Seen::Fine("none does".to_owned()));
    }
    Ok(Seen::one(Level::Warning, format!("{} will change with the next restart", listed(&names))))
}
