//! Clusters and databases on them, on the PostgreSQL of this machine.

use crate::scratch::{Options, Origin, Scratch};

#[test]
fn a_cluster_starts_serves_and_leaves_nothing() {
    let scratch = Scratch::start(&Options::default()).unwrap();
    assert_eq!(scratch.origin(), Origin::Cluster);
    assert!(scratch.describe().starts_with("throw-away cluster (PostgreSQL "), "{}", scratch.describe());
    let folder = scratch.server.folder().unwrap().to_owned();
    let database = scratch.database("desired").unwrap();
    let mut connection = database.connect().unwrap();
    assert_eq!(connection.query_text("SELECT current_user::text").unwrap().as_deref(), Some(database.loader()));
    drop((connection, scratch));
    assert!(folder.exists(), "a database keeps its cluster");
    drop(database);
    assert!(!folder.exists());
}
