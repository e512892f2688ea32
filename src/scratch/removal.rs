//! The removal of one database, by its owner, by the handler of signals, or by a later run.

use crate::base::name::Ident;
use crate::db::connection::{Connection, connect};
use crate::db::error::DbError;
use crate::db::url::ConnectionString;

/// What the server says to DROP DATABASE where a subscription is in it.
const OBJECT_IN_USE: &str = "55006";

/// Removes a database with everything in it, whoever is still connected; `to` leads to the server that `admin` is on.
///
/// # Errors
/// What the server says.
pub(super) fn remove(to: &ConnectionString, admin: &mut Connection, name: &str) -> Result<(), DbError> {
    let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", Ident::new(name));
    match admin.execute(&drop) {
        Err(error) if error.sqlstate() == Some(OBJECT_IN_USE) => {
            connect(&to.with_database(name))?.execute(include_str!("unsubscribe.sql"))?;
            admin.execute(&drop)
        }
        done => done,
    }
}
