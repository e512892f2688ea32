//! Settings of the server under which data can be lost or become wrong.

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::operate::preflight::asked::Asked;
use crate::operate::preflight::{Check, Finding, Level, Look, Seen};

pub const CHECK: Check = Check {
    code: "server-settings",
    title: "no setting of the server puts data at risk",
    why: "Some settings trade safety for speed, or are for rescuing a broken server; in daily use they lose data.",
    mend: "Set it back: `ALTER SYSTEM RESET NAME`, or in `postgresql.conf`, for the role or for the database.",
    stops: false,
    look: Look::Server(look),
};

/// A setting, the value that it should have, and what follows from another.
const SAFE: &[(&str, &str, &str)] = &[
    ("autovacuum", "on", "dead rows pile up, and transaction numbers run out"),
    ("fsync", "on", "a crash of the machine can leave nothing of the database"),
    ("full_page_writes", "on", "a crash of the machine can leave pages that are half written"),
    ("ignore_checksum_failure", "off", "pages that are broken are read as if they were not"),
    ("ignore_system_indexes", "off", "catalogs are searched row by row"),
    ("session_replication_role", "origin", "triggers and foreign keys do nothing"),
    ("standard_conforming_strings", "on", "a backslash in a string means something else"),
    ("track_counts", "on", "autovacuum does not know what it has to do"),
    ("zero_damaged_pages", "off", "pages that are broken become empty without a word"),
];

fn look(connection: &mut Connection, _: &Asked) -> Result<Seen, DbError> {
    let names: Vec<&str> = SAFE.iter().map(|(name, _, _)| *name).collect();
    let sql = "SELECT name, setting FROM pg_catalog.pg_settings WHERE name = ANY ($1) ORDER BY name";
    let mut findings = Vec::new();
    for row in connection.query_with(sql, &[&names])? {
        let (name, value): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        if let Some((_, _, harm)) = SAFE.iter().find(|(known, safe, _)| *known == name && *safe != value) {
            findings.push(Finding::new(Level::Warning, format!("`{name}` is `{value}`: {harm}")));
        }
    }
    Ok(Seen::of(findings, "none does"))
}
