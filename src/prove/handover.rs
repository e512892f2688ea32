//! Default privileges that a scratch database has for the role that loaded it, and the target for the one that applies.

use crate::catalog::Catalog;
use crate::catalog::read::read;
use crate::db::connection::Connection;
use crate::kind::{Key, default_privileges};
use crate::plan::plan;
use crate::prove::error::{Direction, ProofError};
use crate::prove::run;
use crate::strategy;

/// Those of a role in this database.
const OWNED: &str = "SELECT d.oid FROM pg_catalog.pg_default_acl AS d \
                       JOIN pg_catalog.pg_roles AS r ON r.oid = d.defaclrole AND r.rolname = $1";

/// Gives to `role` what `ALTER DEFAULT PRIVILEGES` without a role gave to the loader, so that what the plan says of it is
/// true on scratch as well.
///
/// # Errors
/// When a catalog cannot be read, or the server does not let us.
pub fn hand_over(connection: &mut Connection, loader: &str, role: &str) -> Result<(), ProofError> {
    if role == loader || connection.query_with(OWNED, &[&loader])?.is_empty() {
        return Ok(());
    }
    let mut now = read(connection)?;
    only_defaults(&mut now);
    let mut then = now.clone();
    default_privileges::adopt(&mut then.facts, loader, role);
    run::plan(connection, &plan(&now, &then, &strategy::plain)?, Direction::Up)
}

/// Leaves them, and the schemas that they are for.
fn only_defaults(catalog: &mut Catalog) {
    let other = |key: &&Key| !matches!(key, Key::DefaultPrivileges(_) | Key::Schema(_));
    let gone: Vec<Key> = catalog.facts.keys().filter(other).cloned().collect();
    for key in gone {
        catalog.facts.remove(&key);
    }
}
