//! The two sides of a comparison: opened from wherever they are, and cleaned of what is not to be compared.

mod opener;
mod pins;
mod rules;

use std::collections::BTreeSet;
use std::mem;
use std::path::PathBuf;

pub use crate::command::side::opener::Opener;
pub use crate::command::side::rules::Rules;
use crate::db::version::Version;

use crate::base::timings::Timings;
use crate::base::wording::counted;
use crate::catalog::Catalog;
use crate::command::error::CommandError;
use crate::command::progress::Progress;
use crate::observe::size::Sizes;
use crate::scratch::Scratch;
use crate::source::files::{self, Loaded, Parsed};
use crate::source::live::Live;

/// One side, read.
pub struct Side {
    pub catalog: Catalog,
    /// For a person: `shop on localhost (PostgreSQL 15.18)`, `schema (12 files)`.
    pub title: String,
    /// Whether it says anything about privileges, and about owners.
    pub grants: bool,
    pub owners: bool,
    /// The major version of the server that it was read on.
    pub major: u32,
    /// The role that would apply a plan, where this is a live database.
    pub role: Option<String>,
    /// The version of the server, where this is a live database.
    pub version: Option<Version>,
    /// How large its tables are, where this is a live database.
    pub sizes: Sizes,
    /// What came with it where it is a schema in files.
    pub loaded: Option<Box<Loaded>>,
}

impl Side {
    /// One that speaks of everything, and is neither a live database nor files.
    pub fn of(catalog: Catalog, title: String, major: u32) -> Self {
        let (role, version, sizes, loaded) = (None, None, Sizes::default(), None);
        Self { catalog, title, grants: true, owners: true, major, role, version, sizes, loaded }
    }
}

/// # Errors
/// When a catalog cannot be read.
pub fn read_live(live: &mut Live, timings: &Timings) -> Result<Side, CommandError> {
    let catalog = timings.time("reading the live database", || live.read())?;
    let major = live.target.version.major();
    let role = Some(live.target.connection.user().to_owned());
    let sizes = timings.time("asking how large tables are", || live.sizes())?;
    let version = Some(live.target.version);
    Ok(Side { role, version, sizes, ..Side::of(catalog, live.describe(), major) })
}

/// Loads a schema, while a person watches.
///
/// # Errors
/// When the server does not take a statement.
pub fn load(parsed: Parsed, scratch: &Scratch, timings: &Timings) -> Result<Loaded, CommandError> {
    let progress = Progress::start("loading");
    Ok(files::load(parsed, scratch, timings, &|done, of| progress.counted(done, of, "statements"))?)
}

/// A schema in files as a side.
pub fn of_loaded(mut loaded: Loaded, title: String) -> Side {
    let (grants, owners) = (loaded.declares_grants, loaded.declares_owners);
    // A large one takes as long to copy as to compare, and has a place on the side.
    let side = Side::of(mem::take(&mut loaded.catalog), title, loaded.major);
    Side { grants, owners, loaded: Some(Box::new(loaded)), ..side }
}

/// `schema (12 files)`.
pub fn title(parsed: &Parsed, paths: &[PathBuf]) -> String {
    let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    let files: BTreeSet<&str> = parsed.iter().map(|piece| piece.file.path.as_str()).collect();
    match files.first() {
        Some(file) if files.len() == 1 && names.iter().any(|name| name == file) => (*file).to_owned(),
        _ => format!("{} ({})", names.join(", "), counted(files.len(), "file")),
    }
}
