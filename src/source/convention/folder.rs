//! A folder for each migration, with `up.sql` and `down.sql`: our own, and diesel's.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use crate::source::convention::listing::{Found, Listing};
use crate::source::convention::{Convention, Migration, Piece, as_one, unique};
use crate::source::error::SourceError;

pub(super) fn migrations(listing: &Listing, convention: Convention) -> Result<Vec<Migration>, SourceError> {
    let all = listing.pairs().map(|(folder, up)| {
        let id = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let version: String = id.split('_').next().unwrap_or_default().chars().filter(|c| *c != '-').collect();
        let down =
            listing.files.iter().find(|found| found.within.as_deref() == Some(folder) && found.name == "down.sql");
        let whole = |found: &Found| Piece::whole(Arc::clone(&found.file));
        let (up, down) = (whole(up), down.map(whole));
        // Ours says BEGIN and COMMIT itself.
        let in_transaction = convention == Convention::Diesel && (!is_alone(folder) || as_one(&up));
        (version, Migration { id, up, down, in_transaction, repeats: false })
    });
    unique(all.collect())
}

/// `run_in_transaction = false` in diesel's `metadata.toml`.
fn is_alone(folder: &Path) -> bool {
    let text = fs::read_to_string(folder.join("metadata.toml")).unwrap_or_default();
    text.lines()
        .filter_map(|line| line.split('#').next()?.split_once('='))
        .any(|(key, value)| key.trim() == "run_in_transaction" && value.trim() == "false")
}
