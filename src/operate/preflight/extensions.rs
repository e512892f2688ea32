//! Whether the server has the extensions that the schema files create.

use serde::Deserialize;

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::row::decode;
use crate::operate::preflight::asked::Asked;
use crate::operate::preflight::{Check, Finding, Level, Look, Seen};

pub const CHECK: Check = Check {
    code: "extensions",
    title: "the server has the extensions that the schema files create",
    why: "CREATE EXTENSION fails where the extension's files are not on the server, or where the role may not create it.",
    mend: "Install the extension's package on the server; a managed service lists those that it offers.",
    stops: false,
    look: Look::Server(look),
};

/// One row for each extension of $1 that the server knows.
const SQL: &str = "
    SELECT
        e.name::text AS name,
        e.installed_version IS NOT NULL AS installed,
        coalesce(pg_catalog.bool_or(v.trusted), false)
            AND pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')
            OR (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) AS may_create
    FROM pg_catalog.pg_available_extensions AS e
    LEFT JOIN pg_catalog.pg_available_extension_versions AS v ON v.name = e.name AND v.version = e.default_version
    WHERE e.name = ANY ($1)
    GROUP BY e.name, e.installed_version";

#[derive(Deserialize)]
struct Known {
    name: String,
    installed: bool,
    may_create: bool,
}

fn look(connection: &mut Connection, asked: &Asked) -> Result<Seen, DbError> {
    if asked.extensions.is_empty() {
        return Ok(Seen::Fine("they create none".to_owned()));
    }
    let names: Vec<&str> = asked.extensions.iter().map(|(name, _)| name.as_str()).collect();
    let known = connection.query_with(SQL, &[&names])?;
    let known = known.iter().map(decode).collect::<Result<Vec<Known>, _>>()?;
    let findings = asked.extensions.iter().filter_map(|(name, place)| match known.iter().find(|one| one.name == *name) {
        None => Some(Finding::new(Level::Error, format!("the server does not have `{name}` ({place})"))),
        Some(one) if !one.installed && !one.may_create => {
            // Managed services let more roles create more extensions than Postgres does.
            let what = format!("the role may not create `{name}` ({place}), by the rules of Postgres itself");
            let mend = "Let a superuser create it before: `CREATE EXTENSION`.";
            Some(Finding::new(Level::Warning, what).mend(mend))
        }
        Some(_) => None,
    });
    Ok(Seen::of(findings.collect(), names.join(", ")))
}
