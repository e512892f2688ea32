//! Flyway's names, and refinery's, which are of the same form.
//!
//! In both a V is a migration. A U takes back the V of the same version in Flyway; in refinery it is a migration of its
//! own, so one without its V is that. R runs after all others, by name. B sums up all before it for a new database, and
//! is left out: those are still there. Flyway runs what cannot run in a transaction outside of one by itself.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::source::convention::listing::{Found, Listing};
use crate::source::convention::{Migration, Piece, unique};
use crate::source::error::SourceError;
use crate::sql::words::{Words, begins};

/// `1.10` as numbers, without zeros at the end: 1 and 1.0 are one version.
type Version = Vec<u128>;

struct Name<'a> {
    prefix: char,
    version: Version,
    description: &'a str,
}

/// `V1_1__name.sql`: prefix, version with dots or single underscores, two underscores, name.
fn parse(name: &str) -> Option<Name<'_>> {
    let stem = name.strip_suffix(".sql")?;
    let (head, description) = stem.split_once("__")?;
    let mut chars = head.chars();
    let prefix = chars.next()?;
    let digits = chars.as_str();
    let numbers: Option<Version> = digits.split(['.', '_']).map(|number| number.parse().ok()).collect();
    let mut version = match (prefix, digits.is_empty()) {
        ('R', true) => Some(Vec::new()),
        ('V' | 'U' | 'B', false) => numbers,
        _ => None,
    }?;
    while version.last() == Some(&0) && version.len() > 1 {
        version.pop();
    }
    Some(Name { prefix, version, description })
}

pub(super) fn is_name(name: &str) -> bool {
    parse(name).is_some() || is_callback(name)
}

/// `afterMigrate.sql`, which runs around migrations and is none.
fn is_callback(name: &str) -> bool {
    let rest = name.strip_prefix("before").or_else(|| name.strip_prefix("after"));
    rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
}

pub(super) fn migrations(listing: &Listing) -> Result<Vec<Migration>, SourceError> {
    let named: Vec<(Name, &Found)> =
        listing.files.iter().filter_map(|found| Some((parse(&found.name)?, found))).collect();
    let versioned = named.iter().filter(|(name, _)| name.prefix == 'V');
    let versions: BTreeMap<&Version, ()> = versioned.map(|(name, _)| (&name.version, ())).collect();
    let is_undo = |name: &Name| name.prefix == 'U' && versions.contains_key(&name.version);
    let undo: BTreeMap<&Version, &Found> =
        named.iter().filter(|(name, _)| is_undo(name)).map(|(name, found)| (&name.version, *found)).collect();
    let mut ups = Vec::new();
    for (name, found) in named.iter().filter(|(name, _)| name.prefix != 'B' && !is_undo(name)) {
        let down = undo.get(&name.version).filter(|_| name.prefix == 'V');
        let migration = Migration { repeats: name.prefix == 'R', ..migration(found, down.copied()) };
        // What has no version comes last; two of the same name in two folders are told apart by their paths.
        let order = match name.prefix {
            'R' => (true, Vec::new(), name.description.to_owned(), found.file.path.clone()),
            _ => (false, name.version.clone(), String::new(), String::new()),
        };
        ups.push((order, migration));
    }
    unique(ups)
}

fn migration(found: &Found, down: Option<&Found>) -> Migration {
    let up = Piece::whole(Arc::clone(&found.file));
    let id = found.name.strip_suffix(".sql").unwrap_or(&found.name).to_owned();
    let in_transaction = said(found).unwrap_or_else(|| !up.statements().iter().any(|one| is_alone(one.sql())));
    let down = down.map(|down| Piece::whole(Arc::clone(&down.file)));
    Migration { id, up, down, in_transaction, repeats: false }
}

/// What `V1__name.sql.conf` says.
fn said(found: &Found) -> Option<bool> {
    let text = std::fs::read_to_string(Path::new(&format!("{}.conf", found.file.path))).ok()?;
    let said = text.lines().filter_map(|line| line.split_once('='));
    said.rfold(None, |found, (key, value)| match key.trim() {
        "executeInTransaction" => found.or(Some(value.trim() == "true")),
        _ => found,
    })
}

/// Whether Postgres runs it only outside of a transaction.
fn is_alone(sql: &str) -> bool {
    let concurrent = || Words::of(sql).take(6).any(|(word, _)| word.eq_ignore_ascii_case("concurrently"));
    begins(sql, &["VACUUM"])
        || begins(sql, &["CREATE|DROP", "DATABASE|TABLESPACE|SUBSCRIPTION"])
        || begins(sql, &["ALTER", "SYSTEM"])
        || (begins(sql, &["CREATE|DROP|REINDEX"]) && concurrent())
}
