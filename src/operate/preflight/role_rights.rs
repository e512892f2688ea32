//! Whether the role may do what migrations do.

use serde::Deserialize;

use crate::base::wording::{counted, listed};
use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::row::decode;
use crate::operate::preflight::asked::Asked;
use crate::operate::preflight::{Check, Finding, Level, Look, Seen};

pub const CHECK: Check = Check {
    code: "role-rights",
    title: "the role may do what migrations do",
    why: "Only an owner may alter or drop a table; a migration that meets somebody else's stops half-way.",
    mend: "Log in as the owner, or make the role a member of the one that owns (`GRANT owner TO role`).",
    stops: true,
    look: Look::Server(look),
};

/// How many a sentence names.
const NAMED: usize = 3;

#[derive(Deserialize)]
struct Rights {
    superuser: bool,
    creates: bool,
    has_books: bool,
    keeps_books: bool,
}

#[derive(Deserialize)]
struct Foreign {
    schema: String,
    name: String,
    owner: String,
}

fn look(connection: &mut Connection, asked: &Asked) -> Result<Seen, DbError> {
    let rows = connection.query_with(include_str!("role_rights.sql"), &[])?;
    let rights: Rights = decode(rows.first().ok_or_else(|| DbError::unexpected("the role has no row of its own"))?)?;
    if rights.superuser {
        let what = "the role is a superuser, which is more than migrations need";
        let mend = "Let a role that owns the schema run them, and nobody else log in as it.";
        return Ok(Seen::Found(vec![Finding::new(Level::Note, what).mend(mend)]));
    }
    let mut findings = Vec::new();
    if !rights.creates && !rights.has_books {
        let what = "the role may not create the schema `pgplumb`, in which the books are kept";
        findings.push(Finding::new(Level::Error, what).mend("`GRANT CREATE ON DATABASE name TO role`."));
    }
    if !rights.keeps_books {
        let what = "the role may not write into the books in the schema `pgplumb`";
        let mend = "Log in as the role that made them, or grant it SELECT, INSERT, UPDATE and DELETE on its tables.";
        findings.push(Finding::new(Level::Error, what).mend(mend));
    }
    let foreign = connection.query_with(include_str!("role_rights_foreign.sql"), &[])?;
    let foreign = foreign.iter().map(decode).collect::<Result<Vec<Foreign>, _>>()?;
    let foreign: Vec<&Foreign> =
        foreign.iter().filter(|one| !asked.exclude.iter().any(|pattern| pattern.fits(&one.schema))).collect();
    findings.extend(others(&foreign));
    Ok(Seen::of(findings, "it owns what is there"))
}

fn others(foreign: &[&Foreign]) -> Option<Finding> {
    if foreign.is_empty() {
        return None;
    }
    let names: Vec<String> =
        foreign.iter().take(NAMED).map(|one| format!("{}.{} of {}", one.schema, one.name, one.owner)).collect();
    let more = foreign.len().saturating_sub(NAMED);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let what = format!(
        "{} may be changed by their owners alone, not by this role: {}{more}",
        counted(foreign.len(), "relation"),
        listed(&names)
    );
    Some(Finding::new(Level::Warning, what))
}
