//! Whether a backup can be restored: it is, on scratch.

use std::path::Path;

use crate::catalog::Catalog;
use crate::operate::backup::load::Load;
use crate::operate::backup::shelf::Backup;
use crate::operate::client::Client;
use crate::operate::error::OperateError;
use crate::scratch::Scratch;

/// Restores a backup, whose files were checked, into a scratch database, and compares schema and rows with what was dumped.
/// Returns what is not the same.
///
/// # Errors
/// That it cannot be restored.
pub fn verify(
    backup: &Backup,
    scratch: &Scratch,
    identity: Option<&Path>,
    measure: &dyn Fn(Catalog) -> String,
) -> Result<Vec<String>, OperateError> {
    let client = Client::require(backup.manifest.program)?;
    let roles: Vec<String> = backup.manifest.roles.keys().cloned().collect();
    scratch.ensure_roles(&roles)?;
    let database = scratch.database("restore")?;
    let load = Load { backup, client: &client, identity, jobs: 1, measure, stopped: &|| false };
    if let Some(since) = &backup.manifest.since {
        return load.changes(since, database.place());
    }
    load.whole(database.place())?;
    load.differences(database.place())
}
