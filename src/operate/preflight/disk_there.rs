//! Whether the server's disks have room, where it runs on this machine.

use std::path::Path;

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::operate::preflight::asked::Asked;
use crate::operate::preflight::disk_here::{Room, judge};
use crate::operate::preflight::{Check, Look, Seen};

pub const CHECK: Check = Check {
    code: "disk-there",
    title: "the server's disks have room",
    why: "A rewritten table needs its size once more, a new index its own, and both are written to the log as well; a server \
          whose disk is full stops.",
    mend: "Make room, or let the disk grow, before anything large is written.",
    stops: true,
    look: Look::Server(look),
};

fn look(connection: &mut Connection, asked: &Asked) -> Result<Seen, DbError> {
    if connection.query_text("SELECT pg_catalog.host(pg_catalog.inet_server_addr())")?.is_some() {
        return Ok(Seen::Unseen("the server may be on another machine".to_owned()));
    }
    let sql = "SELECT pg_catalog.current_setting('data_directory')
               UNION SELECT pg_catalog.pg_tablespace_location(oid) FROM pg_catalog.pg_tablespace
               ORDER BY 1";
    let rows = connection.query_with(sql, &[])?;
    let folders = rows.iter().map(|row| row.try_get(0)).collect::<Result<Vec<String>, _>>()?;
    let rooms: Vec<Room> =
        folders.iter().filter(|folder| !folder.is_empty()).filter_map(|f| Room::at("data", Path::new(f))).collect();
    if rooms.is_empty() {
        return Ok(Seen::Unseen("the folder of its data cannot be seen from here".to_owned()));
    }
    Ok(judge(&rooms, asked.limits.disk_free))
}
