//! Two databases change names.

use crate::base::name::{Ident, literal};
use crate::db::connection::{Connection, connect};
use crate::db::error::DbError;
use crate::db::url::ConnectionString;

/// What the server says of a database that somebody is in.
const IN_USE: &str = "55006";

/// How often those are sent away who come in between.
const ATTEMPTS: usize = 5;

/// `new` takes the name of the database, which gets the name `old`, in one transaction. Whoever is connected is sent away.
///
/// # Errors
/// What the server says; then both have their names still.
pub(super) fn swap(to: &ConnectionString, new: &str, old: &str) -> Result<(), DbError> {
    // Nobody can be in a database that gets another name.
    let third = if to.database() == "postgres" { "template1" } else { "postgres" };
    let mut connection = connect(&to.with_database(third))?;
    let mut attempt = 1;
    loop {
        match renamed(&mut connection, to.database(), new, old) {
            Err(error) if error.sqlstate() == Some(IN_USE) && attempt < ATTEMPTS => attempt += 1,
            done => return done,
        }
    }
}

/// The first of the two waits some seconds until those are gone who were sent away; who comes then waits until all is over.
fn renamed(connection: &mut Connection, name: &str, new: &str, old: &str) -> Result<(), DbError> {
    let away = "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE datname = ";
    let (quoted, name, new, old) = (literal(name), Ident::new(name), Ident::new(new), Ident::new(old));
    let both = format!(
        "BEGIN; {away}{quoted}; ALTER DATABASE {name} RENAME TO {old}; ALTER DATABASE {new} RENAME TO {name}; COMMIT"
    );
    let done = connection.execute(&both);
    if done.is_err() {
        // What was refused is what the user must hear of.
        let _ = connection.execute("ROLLBACK");
    }
    done
}
