//! pgplumb keeps its own bookkeeping the way it tells others to: `schema/` declares it, `generated/` is what `plan` wrote for it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::harness::cluster::Cluster;
use crate::harness::program::{pgplumb, ran};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Everything below a folder, by name.
fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.append(&mut files(&path));
        }
        found.insert(path);
    }
    found
}

/// Whoever changes `schema/` runs `pgplumb plan` in this folder, and commits the pair it writes.
#[test]
fn the_migrations_lead_to_the_schema() {
    let generated = root().join("generated");
    let before = files(&generated);
    let done = ran(&mut pgplumb(root(), &["plan", "--schema", "schema"]));
    let after = files(&generated);
    for new in after.difference(&before).filter(|path| path.is_dir()) {
        fs::remove_dir_all(new).unwrap();
    }
    assert_eq!(done.code, Some(0), "{}{}", done.out, done.err);
    assert_eq!(after, before, "`pgplumb plan` finds a difference between schema/ and generated/:\n{}", done.out);
    assert!(done.out.contains("nothing to change"), "{}", done.out);
}

#[test]
fn the_down_leaves_nothing() {
    let cluster = Cluster::start().unwrap();
    cluster.create(&["books"]).unwrap();
    let empty = cluster.dump("books").unwrap();
    let mut migrations: Vec<PathBuf> =
        files(&root().join("generated")).into_iter().filter(|path| path.join("up.sql").is_file()).collect();
    for migration in &migrations {
        cluster.psql("books", &migration.join("up.sql")).unwrap();
    }
    assert_ne!(cluster.dump("books").unwrap(), empty);
    migrations.reverse();
    for migration in &migrations {
        cluster.psql("books", &migration.join("down.sql")).unwrap();
    }
    assert_eq!(crate::harness::dump::first_difference(&cluster.dump("books").unwrap(), &empty), None);
}

#[test]
fn the_books_are_no_part_of_a_users_schema() {
    let cluster = Cluster::start().unwrap();
    cluster.create(&["shop"]).unwrap();
    cluster.psql("shop", &root().join("schema/history.sql")).unwrap();
    cluster.query("shop", "CREATE TABLE public.orders (id bigint PRIMARY KEY)").unwrap();
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("schema.sql"), "CREATE TABLE public.orders (id bigint PRIMARY KEY);").unwrap();
    let (db, server) = (cluster.url("shop"), cluster.url("postgres"));
    let plan = ["plan", "--schema", "schema.sql", "--db", &db, "--scratch", &server, "--out", "out"];
    let done = ran(&mut pgplumb(place.path(), &plan));
    assert_eq!(done.code, Some(0), "{}", done.err);
    assert!(!place.path().join("out").exists(), "{}", done.err);
    for sides in [["schema.sql", &db], [&db, "schema.sql"]] {
        let done = ran(&mut pgplumb(place.path(), &["diff", sides[0], sides[1], "--scratch", &server]));
        assert_eq!((done.code, done.out.as_str()), (Some(0), ""), "{}", done.err);
    }
    let dumped = ran(&mut pgplumb(place.path(), &["dump", "--db", &db]));
    assert!(!dumped.out.contains("pgplumb."), "{}", dumped.out);
}
