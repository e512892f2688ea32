//! Files with a number in front: golang-migrate, sqlx, dbmate, goose, tern.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::source::convention::listing::{Found, Listing};
use crate::source::convention::{Convention, Migration, Piece, as_one, unique};
use crate::source::error::SourceError;

/// The number that a name begins with, as digits without zeros before them: it may be longer than any integer.
pub(super) fn version(name: &str) -> Option<Version> {
    let digits = name.bytes().take_while(u8::is_ascii_digit).count();
    let ends = matches!(name.as_bytes().get(digits), Some(b'_' | b'-' | b'.'));
    (digits > 0 && ends).then(|| {
        let number = name[..digits].trim_start_matches('0');
        Version { length: number.len(), digits: number.to_owned() }
    })
}

/// A number; of two the longer one is larger.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Version {
    length: usize,
    digits: String,
}

pub(super) fn migrations(listing: &Listing, convention: Convention) -> Result<Vec<Migration>, SourceError> {
    let mut downs: BTreeMap<Version, &Found> = BTreeMap::new();
    let mut ups = Vec::new();
    for found in listing.numbered() {
        let Some(version) = version(&found.name) else { continue };
        if pairs(convention) && found.name.ends_with(".down.sql") {
            if let Some(first) = downs.insert(version, found) {
                let (first, second) = (first.file.path.clone(), found.file.path.clone());
                return Err(SourceError::SameVersion { first, second });
            }
        } else {
            ups.push((version, found));
        }
    }
    let all = ups.into_iter().map(|(version, found)| {
        let down = downs.get(&version).map(|down| Piece::whole(Arc::clone(&down.file)));
        let migration = migration(found, convention);
        (version, Migration { down: migration.down.or(down), ..migration })
    });
    unique(all.collect())
}

/// Whether the down is a file of its own.
fn pairs(convention: Convention) -> bool {
    matches!(convention, Convention::GolangMigrate | Convention::Sqlx)
}

fn migration(found: &Found, convention: Convention) -> Migration {
    let stem = found.name.strip_suffix(".sql").unwrap_or(&found.name);
    let id = stem.strip_suffix(".up").filter(|_| pairs(convention)).unwrap_or(stem).to_owned();
    let (up, down) = match convention {
        Convention::GolangMigrate | Convention::Sqlx => (0..found.file.text.len(), None),
        _ => found.marks.parts(found.file.text.len()),
    };
    let piece = |bytes| Piece { file: Arc::clone(&found.file), bytes };
    let (up, down) = (piece(up), down.map(piece));
    let in_transaction = match convention {
        // Both hand over the whole text at once; this one opens no transaction for it.
        Convention::GolangMigrate => as_one(&up),
        Convention::Dbmate | Convention::Sqlx => !found.marks.alone() || as_one(&up),
        _ => !found.marks.alone(),
    };
    Migration { id, up, down, in_transaction, repeats: false }
}
