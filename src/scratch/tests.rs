//! Clusters and databases on them, on the PostgreSQL of this machine.

mod cluster;
mod refusal;
mod row;
mod signal;
mod standing;
mod tls;

use crate::db::connection::Connection;
use crate::scratch::database::ScratchDb;
use crate::scratch::{Options, Scratch};

/// A cluster of its own with one database.
fn scratch() -> (Scratch, ScratchDb, Connection) {
    let scratch = Scratch::start(&Options::default()).unwrap();
    let database = scratch.database("test").unwrap();
    let connection = database.connect().unwrap();
    (scratch, database, connection)
}

fn text(connection: &mut Connection, sql: &str) -> String {
    connection.query_text(sql).unwrap().unwrap()
}
