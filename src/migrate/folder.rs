//! Migrations as they lie in their folder: two scripts, and what `plan` proved of them.

mod head;
mod planned;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::kind::Key;
use crate::migrate::branch::{self, Branch};
use crate::migrate::error::MigrateError;
use crate::migrate::folder::head::contract;
pub use crate::migrate::folder::head::header;
use crate::migrate::folder::planned::{Planned, gone};
use crate::migrate::squash::{Replaced, replaces};
use crate::source::files::collect::read as read_text;
use crate::source::migrations::migrations;
use crate::sql::directive::After;
use crate::sql::file::SqlFile;

/// One migration.
#[derive(Clone, Debug)]
pub struct Migration {
    /// The name of its folder, `20261121000000_bookkeeping`.
    pub id: String,
    pub up: Arc<SqlFile>,
    pub down: Option<Arc<SqlFile>>,
    /// Fingerprints of the states that it leads from and to, or their first characters; none where nobody planned it.
    pub from: Option<String>,
    pub to: Option<String>,
    /// `lossless`, `lossy`, `irreversible`; none where that was not measured.
    pub grade: Option<String>,
    /// What the down does not bring back.
    pub losses: Vec<String>,
    /// Of the `plan.json` that it came with.
    pub plan_sha256: Option<Vec<u8>>,
    /// What its head says of how long it is held back, where it does.
    pub contract: Option<Contract>,
    /// One of our own books, which are kept in another way than the user's schema.
    pub own: bool,
    /// What is known of it beside other branches.
    pub branch: Branch,
    /// What it was squashed from.
    pub replaces: Vec<Replaced>,
}

impl Migration {
    /// What it is called beside its time.
    pub fn name(&self) -> &str {
        self.id.split_once('_').map_or(self.id.as_str(), |(_, name)| name)
    }

    pub fn up_sha256(&self) -> Vec<u8> {
        sha256(&self.up)
    }

    pub fn down_sha256(&self) -> Option<Vec<u8>> {
        self.down.as_ref().map(|down| sha256(down))
    }
}

/// The second half of a change, for when nothing uses any more what it takes away.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Contract {
    /// None where it runs only when it is asked for.
    pub after: Option<After>,
    /// What it takes away; none where that is not known, or where it does something else too.
    pub gone: Option<BTreeSet<Fact>>,
}

/// A fact as `plan.json` names it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize)]
pub struct Fact {
    pub kind: String,
    pub name: String,
}

impl Fact {
    pub fn of(key: &Key) -> Self {
        Self { kind: key.label().to_owned(), name: key.sql() }
    }
}

fn sha256(file: &SqlFile) -> Vec<u8> {
    hash(&file.text)
}

pub(in crate::migrate) fn hash(text: &str) -> Vec<u8> {
    Sha256::digest(text.as_bytes()).to_vec()
}

/// All migrations of a folder, in the order in which they run; none where there is no such folder.
///
/// # Errors
/// When a file cannot be read, or `plan.json` is not what `plan` writes.
pub fn read(folder: &Path) -> Result<Vec<Migration>, MigrateError> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut all: Vec<Migration> = migrations(folder)?.iter().map(|path| one(path)).collect::<Result<_, _>>()?;
    branch::spread(&mut all);
    Ok(all)
}

fn one(path: &Path) -> Result<Migration, MigrateError> {
    let id = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let up = read_text(&path.join("up.sql"))?;
    let down = path.join("down.sql");
    let down = if down.is_file() { Some(read_text(&down)?) } else { None };
    let (mut from, mut to, grade) = header(&up.text);
    let (contract, replaces) = (contract(&up.text), replaces(&up.text));
    let branch = branch::read(path, &up.text)?;
    let mut migration = Migration {
        id,
        up,
        down,
        from: None,
        to: None,
        grade,
        losses: Vec::new(),
        plan_sha256: None,
        contract,
        own: false,
        branch,
        replaces,
    };
    let plan = path.join("plan.json");
    if plan.is_file() {
        let fault = |what: String| MigrateError::PlanFile { path: plan.clone(), what };
        let text = fs::read_to_string(&plan).map_err(|error| fault(error.to_string()))?;
        migration.plan_sha256 = Some(Sha256::digest(text.as_bytes()).to_vec());
        let planned: Planned = serde_json::from_str(&text).map_err(|error| fault(error.to_string()))?;
        (from, to) = (Some(planned.from), Some(planned.to));
        if let Some(contract) = &mut migration.contract {
            contract.gone = gone(planned.up);
        }
        if let Some(graded) = planned.down_grade {
            migration.grade = Some(graded.grade);
            migration.losses = graded.because.losses();
        }
    }
    Ok(Migration { from, to, ..migration })
}
