//! The ways back as the rules see them, and the up that does not run.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde_json::Value;

use crate::command::error::CommandError;
use crate::lint::Finding;
use crate::lint::down::{Came, Down, gives_up};
use crate::lint::finding::Span;
use crate::lint::rule::statement_fails;
use crate::report::json::hash;
use crate::source::convention::{Migration, Piece};
use crate::source::error::SourceError;

/// What is known of each migration that has a down, by what it is called.
pub(super) fn downs(migrations: &[Migration], came: &[Option<Came>]) -> Result<BTreeMap<String, Down>, CommandError> {
    let mut downs = BTreeMap::new();
    for (migration, came) in migrations.iter().zip(came) {
        let given_up = given_up(migration).map(Came::GivenUp);
        let Some(came) = given_up.or(came.clone()) else { continue };
        let down =
            Down { id: migration.id.clone(), at: migration.down.as_ref().map(first), came, edited: edited(migration)? };
        downs.insert(migration.id.clone(), down);
    }
    Ok(downs)
}

/// How the down of a migration says that nothing leads back.
pub(in crate::command) fn given_up(migration: &Migration) -> Option<&'static str> {
    gives_up(&migration.up.statements(), &migration.down.as_ref()?.statements())
}

/// The first statement, for the whole of it.
fn first(down: &Piece) -> Span {
    let bytes = down.statements().first().map_or(down.bytes.clone(), |first| first.span.clone());
    Span { file: down.file.clone(), bytes }
}

/// The files of a pair that are not those that plan.json has a checksum of.
pub(in crate::command) fn edited(migration: &Migration) -> Result<Vec<String>, CommandError> {
    let path = Path::new(&migration.up.file.path).with_file_name("plan.json");
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(cause) => return Err(CommandError::Unreadable { path, cause }),
    };
    // One that is no plan of ours is none of our business.
    let document: Value = serde_json::from_str(&text).unwrap_or_default();
    let pieces = [("up.sql", Some(&migration.up)), ("down.sql", migration.down.as_ref())];
    let differs = |name: &str, piece: Option<&Piece>| {
        let proven = document["files"][name].as_str()?;
        (piece.map(|piece| hash(&piece.file.text)).as_deref() != Some(proven)).then(|| name.to_owned())
    };
    Ok(pieces.into_iter().filter_map(|(name, piece)| differs(name, piece)).collect())
}

/// The finding for an up that does not run as its tool would run it, unless the linter has told of that statement.
pub(super) fn refusal(migration: Option<&Migration>, error: &SourceError, told: &[Finding]) -> Option<Finding> {
    let migration = migration?;
    let code = statement_fails::RULE.code;
    let path = &migration.up.file.path;
    if told.iter().any(|finding| finding.code == code && finding.at.as_ref().is_some_and(|at| at.file.path == *path)) {
        return None;
    }
    let (said, bytes) = match error {
        SourceError::Migration { said, at, .. } => (said.clone(), at.offset()..at.offset() + at.len()),
        other => (other.to_string(), first(&migration.up).bytes),
    };
    let at = Some(Span { file: migration.up.file.clone(), bytes });
    let finding = Finding::of_plan(code, format!("Postgres refuses it: {said}"));
    Some(Finding { object: migration.id.clone(), at, ..finding }.help("nothing behind it was checked"))
}
