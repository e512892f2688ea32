//! The files of a schema in the order in which psql would read them: `\i` and `\ir` take other files in, each once.
//!
//! What a session was set to holds on in the file that is taken in, and behind it, so that a file is read in pieces.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::source::error::SourceError;
use crate::source::files::collect::read;
use crate::sql::file::SqlFile;
use crate::sql::split::{Class, Statement, split};

/// A part of a file, up to where it takes another one in, or to its end.
#[derive(Debug)]
pub struct Piece {
    pub file: Arc<SqlFile>,
    pub statements: Vec<Statement>,
    /// Whether the session goes on from the piece before it.
    pub goes_on: bool,
}

/// A file that was read, and which others it takes in before which of its statements.
struct Whole {
    file: Arc<SqlFile>,
    statements: Vec<Statement>,
    takes: Vec<(usize, PathBuf)>,
}

/// The pieces of these files, and of those that they take in. One that another takes in is not read for itself.
///
/// # Errors
/// When a file that is to be taken in is not there, cannot be read, or is not UTF-8.
pub fn pieces(files: Vec<Arc<SqlFile>>) -> Result<Vec<Piece>, SourceError> {
    let named: Vec<PathBuf> = files.iter().map(|file| whole_path(Path::new(&file.path))).collect();
    let mut known: BTreeMap<PathBuf, Whole> = BTreeMap::new();
    let mut open: Vec<(PathBuf, Arc<SqlFile>)> = named.iter().cloned().zip(files).collect();
    while let Some((path, file)) = open.pop() {
        if known.contains_key(&path) {
            continue;
        }
        let (whole, taken) = Whole::of(file)?;
        for (place, (_, path)) in taken.iter().zip(&whole.takes) {
            if !known.contains_key(path) {
                open.push((path.clone(), read(place)?));
            }
        }
        known.insert(path, whole);
    }
    let taken: BTreeSet<PathBuf> =
        known.values().flat_map(|whole| &whole.takes).map(|(_, path)| path.clone()).collect();
    let mut pieces = Vec::new();
    // Those that take in each other have to begin somewhere.
    for path in named.iter().filter(|path| !taken.contains(*path)).chain(&named) {
        give(path, &mut known, false, &mut pieces);
    }
    Ok(pieces)
}

/// Adds the pieces of a file, unless that was done.
fn give(path: &Path, known: &mut BTreeMap<PathBuf, Whole>, goes_on: bool, pieces: &mut Vec<Piece>) {
    let Some(Whole { file, mut statements, takes }) = known.remove(path) else { return };
    let (mut from, mut goes_on) = (0, goes_on);
    for (number, taken) in takes.into_iter().filter(|(_, taken)| known.contains_key(taken)).collect::<Vec<_>>() {
        let rest = statements.split_off(number - from);
        pieces.push(Piece { file: Arc::clone(&file), statements, goes_on });
        give(&taken, known, true, pieces);
        (statements, from, goes_on) = (rest, number, true);
    }
    pieces.push(Piece { file, statements, goes_on });
}

impl Whole {
    /// With the others as the file names them.
    fn of(file: Arc<SqlFile>) -> Result<(Self, Vec<PathBuf>), SourceError> {
        let statements = split(&file);
        let (mut takes, mut places) = (Vec::new(), Vec::new());
        for (number, statement) in statements.iter().enumerate().filter(|(_, s)| s.class == Class::Meta) {
            if let Some((name, beside)) = taken_in(statement.sql()) {
                let place = found(statement, &name, beside)?;
                takes.push((number, whole_path(&place)));
                places.push(place);
            }
        }
        Ok((Self { file, statements, takes }, places))
    }
}

/// The file that a command of psql takes in, and whether it is looked for beside the one that it stands in.
fn taken_in(command: &str) -> Option<(String, bool)> {
    let (word, rest) = command.split_once(char::is_whitespace)?;
    let beside = match word {
        "\\i" | "\\include" => false,
        "\\ir" | "\\include_relative" => true,
        _ => return None,
    };
    let rest = rest.trim();
    let name = match rest.strip_prefix('\'') {
        Some(quoted) => quoted.split('\'').next().unwrap_or_default(),
        None => rest.split_whitespace().next().unwrap_or_default(),
    };
    Some((name.to_owned(), beside))
}

/// Where it is. What is not where psql, started here, would look may be beside the file that names it.
fn found(statement: &Statement, name: &str, beside: bool) -> Result<PathBuf, SourceError> {
    let folder = Path::new(&statement.file.path).parent().unwrap_or(Path::new(""));
    let mut places = vec![folder.join(name)];
    if !beside {
        places.insert(0, PathBuf::from(name));
    }
    match places.into_iter().find(|place| place.is_file()) {
        Some(place) => Ok(place),
        None => Err(SourceError::NotTakenIn {
            name: name.to_owned(),
            text: statement.file.named_source(),
            at: statement.span.clone().into(),
        }),
    }
}

fn whole_path(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}
