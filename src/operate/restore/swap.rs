//! Two databases change names.

use std::collections::BTreeSet;

use crate::base::name::{Ident, literal, with_suffix};
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

/// A name for a database that no database has: that of another with this behind it, and a number where two changed places
/// within one second.
///
/// # Errors
/// What the server says.
pub(super) fn free(connection: &mut Connection, name: &str, behind: &str) -> Result<String, DbError> {
    let rows = connection.query_with("SELECT datname::text FROM pg_catalog.pg_database", &[])?;
    let taken = rows.iter().map(|row| row.try_get(0)).collect::<Result<BTreeSet<String>, _>>()?;
    Ok(first(name, behind, &taken))
}

fn first(name: &str, behind: &str, taken: &BTreeSet<String>) -> String {
    let mut found = with_suffix(name, behind);
    let mut number = 2;
    while taken.contains(&found) {
        found = with_suffix(name, &format!("{behind}_{number}"));
        number += 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let taken = ["shop_old", "shop_old_2"].map(str::to_owned).into();
        assert_eq!(first("shop", "_old", &taken), "shop_old_3");
        assert_eq!(first("other", "_old", &taken), "other_old");
    }
}
