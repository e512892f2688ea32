//! The desired state: SQL files, loaded into a scratch database, and read back.

pub mod collect;
pub mod cycle;
pub mod include;
pub mod load;
pub mod place;
pub mod refusal;
pub mod script;
mod session;
mod subscription;
pub mod told;
pub mod treatment;

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::base::timings::Timings;
use crate::base::wording::counted;
use crate::catalog::Catalog;
use crate::catalog::read::read;
use crate::scratch::Scratch;
use crate::scratch::database::ScratchDb;
use crate::source::error::SourceError;
use crate::source::files::collect::collect;
use crate::source::files::include::{Piece, pieces};
use crate::source::files::load::Loader;
use crate::source::files::place::Places;
use crate::source::files::script::Contents;
use crate::source::files::treatment::Left;
use crate::source::owned::drop_owners;
use crate::sql::defined::Defined;
use crate::sql::split::Statement;
use crate::sql::syntax::syntax_errors;

/// The files of a desired state, split into statements.
pub type Parsed = Vec<Piece>;

/// A desired state, and what its files said that is no fact.
pub struct Loaded {
    pub catalog: Catalog,
    /// Holds the state as long as this lives; the proof runs on it.
    pub db: ScratchDb,
    /// All statements of all files, in the order written.
    pub statements: Vec<Statement>,
    /// Where the facts are declared.
    pub places: Places,
    /// What was left out, one sentence each.
    pub notes: Vec<String>,
    /// Roles that the files name and the scratch server did not have.
    pub roles_created: Vec<String>,
    /// Whether the files say anything about privileges, and about owners. Where they do not, nothing is compared.
    pub declares_grants: bool,
    pub declares_owners: bool,
    /// The major version of the server that took them.
    pub major: u32,
}

/// Reads and splits these files and folders, without a server.
///
/// # Errors
/// When a path is not there, a folder has no SQL in it, a file is not text; or every syntax error of every file.
pub fn parse(paths: &[PathBuf]) -> Result<Parsed, SourceError> {
    let parsed = pieces(collect(paths)?)?;
    let errors = parsed.iter().flat_map(|piece| syntax_errors(&piece.statements)).collect();
    match SourceError::syntax(errors) {
        Some(error) => Err(error),
        None => Ok(parsed),
    }
}

/// Loads the files into a new scratch database, whatever their order, and reads what comes out. `watch` is told now and
/// then how many statements of how many are done.
///
/// # Errors
/// Every statement that the server does not take, each at its place; or that the server is lost.
pub fn load(
    files: Parsed,
    scratch: &Scratch,
    timings: &Timings,
    watch: &dyn Fn(usize, usize),
) -> Result<Loaded, SourceError> {
    let (contents, places) = timings.time("looking into the statements", || {
        let contents = Contents::of(&files);
        let places = Places::new(&contents.scripts, &contents.items);
        (contents, places)
    });
    let Contents { scripts, items, left, roles, declares_grants, declares_owners } = contents;
    let db = timings.time("making a scratch database", || scratch.database("desired"))?;
    let mut connection = db.connect()?;
    let mut loader = Loader::new(&mut connection, scripts, scratch)?;
    let refusals = timings.time("loading the files", || {
        loader.declare_roles(&roles)?;
        loader.load(items, watch)
    })?;
    if !refusals.is_empty() {
        let makes: Vec<Defined> = places.made().cloned().collect();
        return Err(told::tell(loader.scripts(), &refusals, &makes, loader.major()));
    }
    let mut notes = notes(left);
    let unknown = |sql: &String| format!("`{sql}` is not known to this server and was left out");
    notes.extend(loader.unknown_settings.iter().map(unknown));
    let roles_created = std::mem::take(&mut loader.roles);
    let major = loader.major();
    let mut catalog = timings.time("reading what was loaded", || read(&mut connection))?;
    drop_owners(&mut catalog, db.loader());
    let statements = files.into_iter().flat_map(|piece| piece.statements).collect();
    Ok(Loaded { catalog, db, statements, places, notes, roles_created, declares_grants, declares_owners, major })
}

/// Counts for a person: by reason, with the file where there is only one.
fn notes(left: BTreeMap<(Left, String), usize>) -> Vec<String> {
    let mut by_reason: BTreeMap<Left, Vec<(String, usize)>> = BTreeMap::new();
    for ((why, path), count) in left {
        by_reason.entry(why).or_default().push((path, count));
    }
    let note = |(why, files): (Left, Vec<(String, usize)>)| {
        let total = files.iter().map(|(_, count)| count).sum();
        let of = match files.as_slice() {
            [(path, _)] => format!("of `{path}`"),
            many => format!("in {}", counted(many.len(), "file")),
        };
        let are = if total == 1 { "is" } else { "are" };
        format!("{} {of} {are} not loaded: {}", counted(total, "statement"), why.because())
    };
    by_reason.into_iter().map(note).collect()
}

#[cfg(test)]
mod tests;
