//! Files of SQL, of no tool or of several.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::source::convention::listing::{Found, Listing};
use crate::source::convention::{Migration, Piece};

/// Every file is a migration, as psql would run it. What is marked or named as a way back is none, whoever did that.
pub(super) fn migrations(listing: &Listing) -> Vec<Migration> {
    let downs: BTreeMap<String, &Found> =
        listing.files.iter().filter_map(|found| Some((up_of(found)?, found))).collect();
    let paths: Vec<&str> = listing.files.iter().map(|found| found.file.path.as_str()).collect();
    let is_down = |found: &&Found| up_of(found).is_none_or(|up| !paths.contains(&up.as_str()));
    let ups = listing.files.iter().filter(is_down);
    ups.map(|found| {
        let (up, down) = found.marks.parts(found.file.text.len());
        let piece = |bytes| Piece { file: Arc::clone(&found.file), bytes };
        let beside = downs.get(&found.file.path).map(|down| Piece::whole(Arc::clone(&down.file)));
        let stem = found.name.strip_suffix(".sql").unwrap_or(&found.name);
        Migration {
            id: stem.to_owned(),
            up: piece(up),
            down: down.map(piece).or(beside),
            in_transaction: false,
            repeats: false,
        }
    })
    .collect()
}

/// The path of the up that this file would take back, by its name.
fn up_of(found: &Found) -> Option<String> {
    let path = found.file.path.strip_suffix("down.sql")?;
    path.ends_with(['.', '/', '\\']).then(|| format!("{path}up.sql"))
}
