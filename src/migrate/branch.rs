//! What is known of a migration beside those of other branches: `branches.json`, which `rebase` writes into its folder.
//!
//! Two migrations that were planned for the same state lie one behind the other once their branches came together. Where
//! `rebase` saw that they lead to the same state in either order, the later one names the states on its new way at its
//! head, and here those on the way that it takes where it ran first.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::migrate::error::MigrateError;
use crate::migrate::folder::{Migration, hash};
use crate::script::head::with_ends;

/// The name of the file.
pub const FILE: &str = "branches.json";

/// The version of the format.
const VERSION: u32 = 1;

/// One time that a migration was put behind others.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Rebased {
    /// The states that its head named before.
    pub from: String,
    pub to: String,
    /// What it was put behind, in order: where it ran first, each leads from the state that the one before it left.
    pub passed: Vec<Passed>,
}

/// A migration that runs in either order with another, and where it leads from and to when it is the second of them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Passed {
    pub id: String,
    pub from: String,
    pub to: String,
}

#[derive(Serialize, Deserialize)]
struct Document {
    version: u32,
    rebased: Vec<Rebased>,
}

/// What a migration knows of other branches.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Branch {
    /// The oldest first.
    pub rebased: Vec<Rebased>,
    /// The SHA-256 of its up with each head that it had: a database that ran one of these ran the same.
    pub former: Vec<Vec<u8>>,
    /// Further states that it leads from and to, seen by a later one that may run before it.
    pub ways: Vec<(String, String)>,
}

impl Branch {
    /// Whether it was seen to lead to the same state before that one and after it.
    pub fn passes(&self, id: &str) -> bool {
        self.rebased.iter().flat_map(|rebased| &rebased.passed).any(|passed| passed.id == id)
    }
}

/// The file of this migration, whose up is this.
pub(in crate::migrate) fn read(folder: &Path, up: &str) -> Result<Branch, MigrateError> {
    let path = folder.join(FILE);
    if !path.is_file() {
        return Ok(Branch::default());
    }
    let fault = |what: String| MigrateError::BranchFile { path: path.clone(), what };
    let text = fs::read_to_string(&path).map_err(|error| fault(error.to_string()))?;
    let Document { version, rebased } = serde_json::from_str(&text).map_err(|error| fault(error.to_string()))?;
    if version != VERSION {
        return Err(fault(format!("version {version} is not known")));
    }
    let former = rebased.iter().map(|before| hash(&with_ends(up, &before.from, &before.to))).collect();
    Ok(Branch { rebased, former, ways: Vec::new() })
}

/// The text of the file.
pub fn write(rebased: &[Rebased]) -> String {
    let document = Document { version: VERSION, rebased: rebased.to_vec() };
    // No key of it is anything but a string.
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

/// Tells each migration of the ways that later ones saw it take.
pub(in crate::migrate) fn spread(all: &mut [Migration]) {
    let mut ways: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for Passed { id, from, to } in all.iter().flat_map(|file| &file.branch.rebased).flat_map(|one| one.passed.clone()) {
        ways.entry(id).or_default().push((from, to));
    }
    for file in all {
        file.branch.ways = ways.remove(&file.id).unwrap_or_default();
    }
}
