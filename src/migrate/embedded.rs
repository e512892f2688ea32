//! The migrations of our own books, as they are in this program.

use std::sync::Arc;

use crate::migrate::branch::Branch;
use crate::migrate::folder::Migration;
use crate::sql::file::SqlFile;

/// A folder of `generated/`: its name and its two scripts.
macro_rules! own {
    ($id:literal) => {
        (
            $id,
            include_str!(concat!("../../generated/", $id, "/up.sql")),
            include_str!(concat!("../../generated/", $id, "/down.sql")),
        )
    };
}

/// In the order in which they run. A test sees to it that `generated/` holds no other.
const OWN: &[(&str, &str, &str)] = &[
    own!("20261121000000_bookkeeping"),
    own!("20261121141625_runner"),
    own!("20261121181729_add-journal-place"),
    own!("20261121212345_add-history-release"),
    own!("20261122003253_audit"),
    own!("20261122012925_health"),
    own!("20261122040625_seed"),
    own!("20261122051250_origin"),
    own!("20261122075234_rollback-ticket"),
];

/// All of them.
pub fn migrations() -> Vec<Migration> {
    let file = |id: &str, name: &str, text: &'static str| Arc::new(SqlFile::new(format!("pgplumb:{id}/{name}"), text));
    let one = |(id, up, down): &(&str, &'static str, &'static str)| Migration {
        id: (*id).to_owned(),
        up: file(id, "up.sql", up),
        down: Some(file(id, "down.sql", down)),
        // What they lead to is seen by what is there; the fingerprints are for the user's schema.
        from: None,
        to: None,
        grade: Some("lossless".to_owned()),
        losses: Vec::new(),
        plan_sha256: None,
        contract: None,
        own: true,
        branch: Branch::default(),
        replaces: Vec::new(),
    };
    OWN.iter().map(one).collect()
}

/// Whether this is the name of one of them.
pub fn is_own(id: &str) -> bool {
    OWN.iter().any(|(own, ..)| *own == id)
}
