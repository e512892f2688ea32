//! Versions of extensions, which count where a schema in files declares one.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::catalog::Catalog;
use crate::command::side::Side;
use crate::db::row::decode;
use crate::scratch::database::ScratchDb;
use crate::scratch::error::ScratchError;
use crate::sql::pinned::pinned;

/// The paths of updates that there are (`pg_extension_update_paths`), which takes the server its time for some extensions.
const UPDATES: &str =
    "SELECT u.source, u.target FROM pg_catalog.pg_extension_update_paths($1) AS u WHERE u.path IS NOT NULL";

/// The extensions whose version counts.
#[derive(Clone, Debug, Default)]
pub(super) struct Pins {
    names: BTreeSet<String>,
    /// Where an update leads to from a version, by name; of those that were asked for.
    updates: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

/// One update, maybe of several steps.
#[derive(Deserialize)]
struct Update {
    source: String,
    target: String,
}

impl Pins {
    /// Those that one of the sides declares.
    pub(super) fn of(sides: [&Side; 2]) -> Self {
        let statements = sides.iter().filter_map(|side| side.loaded.as_ref()).flat_map(|loaded| &loaded.statements);
        Self { names: pinned(statements), updates: BTreeMap::new() }
    }

    pub(super) fn ask(&mut self, scratch: &ScratchDb) -> Result<(), ScratchError> {
        if self.names.is_empty() {
            return Ok(());
        }
        let mut connection = scratch.connect()?;
        for name in &self.names {
            let updates = self.updates.entry(name.clone()).or_default();
            for row in connection.query_with(UPDATES, &[name])? {
                let Update { source, target } = decode(&row)?;
                updates.entry(source).or_default().push(target);
            }
        }
        Ok(())
    }

    /// Makes the versions of these count in a catalog.
    pub(super) fn put(&self, catalog: &mut Catalog) {
        for name in &self.names {
            let updates = |version: &str| Some(self.updates.get(name)?.get(version).cloned().unwrap_or_default());
            catalog.facts.pin(name, &updates);
        }
    }
}
