//! Two databases change names.

use crate::base::name::{Ident, literal};
use crate::db::connection::{Connection, connect};
use crate::db::error::DbError;
use crate::db::url::ConnectionString;

/// `new` takes the name of the database, which gets the name `old`. Whoever is connected to it is sent away.
///
/// # Errors
/// What the server says; then both have their names still.
pub(super) fn swap(to: &ConnectionString, new: &str, old: &str) -> Result<(), DbError> {
    // Nobody can be in a database that gets another name.
    let third = if to.database() == "postgres" { "template1" } else { "postgres" };
    let mut connection = connect(&to.with_database(third))?;
    let (name, new, old) = (Ident::new(to.database()), Ident::new(new), Ident::new(old));
    connection.execute(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"))?;
    let done = renamed(&mut connection, &name, &new, &old);
    let open = if done.is_ok() { &old } else { &name };
    connection.execute(&format!("ALTER DATABASE {open} ALLOW_CONNECTIONS true"))?;
    done
}

fn renamed(connection: &mut Connection, name: &Ident, new: &Ident, old: &Ident) -> Result<(), DbError> {
    let away = "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE datname = ";
    connection.execute(&format!("{away}{}", literal(name.as_str())))?;
    let both = format!("BEGIN; ALTER DATABASE {name} RENAME TO {old}; ALTER DATABASE {new} RENAME TO {name}; COMMIT");
    let done = connection.execute(&both);
    if done.is_err() {
        // What was refused is what the user must hear of.
        let _ = connection.execute("ROLLBACK");
    }
    done
}
