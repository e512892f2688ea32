//! The files and the books side by side: how each migration stands.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::base::wording::nearest;
use crate::migrate::books::{Outcome, Record};
use crate::migrate::embedded::is_own;
use crate::migrate::error::MigrateError;
use crate::migrate::folder::Migration;
use crate::migrate::squash::missing;

/// How a migration stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    Applied,
    /// Applied, and its file is another now.
    Edited,
    /// Applied, and its file is gone.
    Missing,
    /// Begun, and cut off.
    HalfApplied,
    /// Begun to be taken back, and cut off.
    HalfRolledBack,
    /// Failed, and left nothing.
    Failed,
    /// Taken back; it runs again with the next `apply`.
    RolledBack,
    Pending,
    /// All that it was squashed from is applied: `apply` writes it down in their place.
    Replaces,
}

impl Standing {
    /// Whether `apply` would run it.
    pub fn is_due(self) -> bool {
        matches!(self, Self::HalfApplied | Self::Failed | Self::RolledBack | Self::Pending)
    }

    /// Whether all of it is in the database.
    pub fn is_in_force(self) -> bool {
        matches!(self, Self::Applied | Self::Edited | Self::Missing | Self::Replaces)
    }

    /// For a person.
    pub fn words(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Edited => "edited",
            Self::Missing => "missing",
            Self::HalfApplied => "half applied",
            Self::HalfRolledBack => "half rolled back",
            Self::Failed => "failed",
            Self::RolledBack => "rolled back",
            Self::Pending => "pending",
            Self::Replaces => "replaces what is applied",
        }
    }
}

/// One migration: what is in its folder, and its last run.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    pub id: String,
    pub file: Option<&'a Migration>,
    pub record: Option<&'a Record>,
    pub standing: Standing,
    /// Due, and older than one that is in force.
    pub out_of_order: bool,
}

/// All of them, by their time.
#[derive(Clone, Debug)]
pub struct Survey<'a> {
    pub entries: Vec<Entry<'a>>,
}

impl<'a> Survey<'a> {
    /// Our own books are no part of it.
    pub fn of(files: &'a [Migration], records: &'a [Record]) -> Self {
        let mut last: BTreeMap<&str, &Record> = BTreeMap::new();
        for record in records.iter().filter(|record| !is_own(&record.id)) {
            last.insert(&record.id, record);
        }
        let files: BTreeMap<&str, &Migration> =
            files.iter().filter(|file| !is_own(&file.id)).map(|file| (file.id.as_str(), file)).collect();
        let squashed: Vec<&Migration> = files.values().copied().filter(|file| !file.replaces.is_empty()).collect();
        // What a squashed one took the place of is only history.
        let there: Vec<&Migration> = squashed.iter().copied().filter(|file| last.contains_key(&*file.id)).collect();
        for file in there {
            last.retain(|id, _| file.replaces.iter().all(|replaced| replaced.id != *id));
        }
        let covered: BTreeSet<&str> =
            squashed.iter().flat_map(|file| &file.replaces).map(|replaced| replaced.id.as_str()).collect();
        let replaces = |id: &str| {
            let file = files.get(id).filter(|file| !file.replaces.is_empty() && !last.contains_key(id))?;
            let applied = |old: &str| last.get(old).is_some_and(|old| old.outcome == Outcome::Applied && !old.turned);
            missing(&file.replaces, &applied).is_empty().then_some(Standing::Replaces)
        };
        let newest = last.values().filter(|record| record.in_force()).map(|record| record.id.as_str()).max();
        let mut ids: Vec<&str> = files.keys().chain(last.keys()).copied().collect();
        ids.sort_unstable();
        ids.dedup();
        let entries = ids.into_iter().filter_map(|id| {
            let (file, record) = (files.get(id).copied(), last.get(id).copied());
            let standing = match replaces(id) {
                Some(replaces) => replaces,
                None => match standing(file, record)? {
                    Standing::Missing if covered.contains(id) => Standing::Applied,
                    other => other,
                },
            };
            let out_of_order =
                standing.is_due() && standing != Standing::HalfApplied && newest.is_some_and(|newest| id < newest);
            Some(Entry { id: id.to_owned(), file, record, standing, out_of_order })
        });
        Self { entries: entries.collect() }
    }

    /// Whether it may run although later ones are in force: each of them was seen to lead to the same state before it
    /// and after it.
    pub fn commutes(&self, late: &Entry) -> bool {
        let mut later = self.entries.iter().filter(|entry| entry.id > late.id && entry.standing.is_in_force());
        later.all(|entry| entry.file.is_some_and(|file| file.branch.passes(&late.id)))
    }

    /// Those that stand so.
    pub fn with(&self, standing: Standing) -> Vec<String> {
        self.entries.iter().filter(|entry| entry.standing == standing).map(|entry| entry.id.clone()).collect()
    }

    /// What `apply` runs, up to and with `to`.
    ///
    /// # Errors
    /// When there is no such migration.
    pub fn due(&self, to: Option<&str>) -> Result<Vec<&Entry<'a>>, MigrateError> {
        let end = to.map(|to| self.find(to)).transpose()?.map(|entry| entry.id.clone());
        let within = |entry: &&Entry| end.as_ref().is_none_or(|end| entry.id <= *end);
        Ok(self.entries.iter().filter(|entry| entry.standing.is_due()).filter(within).collect())
    }

    /// The migration that a person names: by its whole id, its time, or its name where that is the only one.
    ///
    /// # Errors
    /// When there is none, with the nearest, or when there are several.
    pub fn find(&self, text: &str) -> Result<&Entry<'a>, MigrateError> {
        let fits = |entry: &&Entry| {
            let (time, name) = entry.id.split_once('_').unwrap_or((&entry.id, ""));
            entry.id == text || time == text || name == text
        };
        let found: Vec<&Entry> = self.entries.iter().filter(fits).collect();
        if let [one] = found.as_slice() {
            return Ok(one);
        }
        let ids = self.entries.iter().map(|entry| entry.id.as_str());
        let help = match (found.is_empty(), nearest(text, ids)) {
            (false, _) => "several have this name: write the time too".to_owned(),
            (true, Some(meant)) => format!("did you mean `{meant}`?"),
            (true, None) => "`pgplumb status` lists them".to_owned(),
        };
        Err(MigrateError::NoMigration { id: text.to_owned(), help })
    }
}

fn standing(file: Option<&Migration>, record: Option<&Record>) -> Option<Standing> {
    let Some(record) = record else { return file.map(|_| Standing::Pending) };
    let hex = |bytes: Vec<u8>| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let is_run = |hash: Vec<u8>| hex(hash) == record.up_sha256;
    let edited = file.is_some_and(|file| !is_run(file.up_sha256()) && !file.branch.former.iter().cloned().any(is_run));
    Some(match record.outcome {
        Outcome::Applied if record.turned => Standing::HalfRolledBack,
        Outcome::Applied if file.is_none() && record.kind != "baseline" => Standing::Missing,
        Outcome::Applied if edited => Standing::Edited,
        Outcome::Applied => Standing::Applied,
        Outcome::Started => Standing::HalfApplied,
        Outcome::Failed if record.progressed => Standing::HalfApplied,
        // What left nothing and has no file any more is only history.
        Outcome::Failed => file.map(|_| Standing::Failed)?,
        Outcome::RolledBack => file.map(|_| Standing::RolledBack)?,
    })
}
