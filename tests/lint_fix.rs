//! `lint --fix`, and the fixes of the rules: the result runs, is clean for the rule, and leads to the same state.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use pgplumb::catalog::Catalog;
use pgplumb::catalog::read::read;
use pgplumb::db::connection::connect;
use pgplumb::db::url::ConnectionString;
use pgplumb::lint::check_script;
use pgplumb::lint::finding::Finding;
use pgplumb::lint::fix::apply;
use pgplumb::lint::policy::Policy;
use pgplumb::lint::script::{Context, Script};
use pgplumb::prove::file::Files;
use pgplumb::sql::file::SqlFile;
use pgplumb::sql::split::split;

use crate::harness::cluster::Cluster;
use crate::harness::place::Place;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/lint");

/// Rules that have a fix; one that loses it is found here.
const FIXED: [&str; 6] = [
    "check-validates",
    "drop-index-not-concurrent",
    "foreign-key-validates",
    "index-not-concurrent",
    "lock-timeout-missing",
    "reindex-not-concurrent",
];

/// Runs a text on a new database; what is found, what it leads to, and what Postgres refused.
fn looked(cluster: &Cluster, name: &str, text: &str) -> (Vec<Finding>, Catalog, usize) {
    cluster.query("postgres", &format!("CREATE DATABASE {name} TEMPLATE lint")).unwrap();
    let url = ConnectionString::parse(&cluster.url(name)).unwrap();
    let statements = split(&Arc::new(SqlFile::new("a.sql", text)));
    let ran = Files::on(&url).run(&statements, &mut |_| false).unwrap();
    let refused = ran.iter().filter(|ran| ran.refused.is_some()).count();
    let context = Context { major: Some(15), minor: Some(0), ..Context::default() };
    let found = check_script(&Script::of_file(&statements, &ran, context), &Policy::all(), &[]);
    (found, read(&mut connect(&url).unwrap()).unwrap(), refused)
}

/// The findings of a rule that have a fix.
fn fixable<'a>(found: &'a [Finding], code: &str) -> Vec<&'a Finding> {
    found.iter().filter(|finding| finding.code == code && !finding.fix.is_empty()).collect()
}

#[test]
fn a_fixed_file_is_clean_for_the_rule_and_leads_to_the_same() {
    let cluster = Cluster::start().unwrap();
    cluster.query("postgres", "CREATE DATABASE lint").unwrap();
    let before = fs::read_to_string(Path::new(FOLDER).join("before.sql")).unwrap();
    connect(&ConnectionString::parse(&cluster.url("lint")).unwrap()).unwrap().execute(&before).unwrap();
    let mut fixed = BTreeSet::new();
    for (number, code) in FIXED.iter().enumerate() {
        let written = fs::read_to_string(Path::new(FOLDER).join(code).join("bad.sql")).unwrap();
        let mut text: String =
            written.lines().filter(|line| !line.starts_with("--! ")).map(|l| format!("{l}\n")).collect();
        if *code == "lock-timeout-missing" {
            // It is put right only where there is a transaction.
            text = format!("BEGIN;\n{text}COMMIT;\n");
        }
        let (found, was, refused) = looked(&cluster, &format!("bad{number}"), &text);
        let open = fixable(&found, code);
        let Some(new) = apply(&text, open.iter().copied()) else { continue };
        fixed.insert(*code);
        let (left, is, refuses) = looked(&cluster, &format!("good{number}"), &new.text);
        assert_eq!(fixable(&left, code), Vec::<&Finding>::new(), "{code}:\n{}", new.text);
        let gone = found.iter().filter(|finding| finding.code == *code).count() - open.len();
        assert_eq!(left.iter().filter(|finding| finding.code == *code).count(), gone, "{code}:\n{}", new.text);
        assert!(refuses <= refused, "{code}: Postgres refuses\n{}", new.text);
        assert!(was.facts == is.facts, "{code} leads elsewhere:\n{}", new.text);
    }
    assert_eq!(fixed, BTreeSet::from(FIXED));
}

#[test]
fn the_files_are_written_and_what_is_left_is_told() {
    let place = Place::new();
    place.write("migrations/001_first.sql", "CREATE TABLE orders (id bigint PRIMARY KEY, at timestamptz);\n");
    place.write("migrations/002_second.sql", "-- kept\nCREATE INDEX orders_at ON orders (at);\n");
    place.write("migrations/003_third.sql", "BEGIN;\nCREATE INDEX orders_id ON orders (at, id);\nCOMMIT;\n");
    let only = ["lint", "--rule", "index-not-concurrent", "--fix", "migrations"];
    let done = place.exits(1, &only);
    assert!(done.err.contains("fixed 1 finding in 1 file"), "{}", done.err);
    assert_eq!(
        place.read("migrations/002_second.sql"),
        "-- kept\nCREATE INDEX CONCURRENTLY orders_at ON orders (at);\n"
    );
    assert!(done.out.contains("003_third.sql") && !done.out.contains("002_second.sql"), "{}", done.out);
    assert!(place.read("migrations/003_third.sql").contains("CREATE INDEX orders_id"), "not inside a transaction");
    assert!(!place.exits(1, &only).err.contains("fixed"));
}

#[test]
fn a_file_that_would_get_worse_is_left_alone() {
    let place = Place::new();
    // golang-migrate hands over a whole file at once: two statements are one transaction.
    let second = "ALTER TABLE orders ADD CONSTRAINT positive CHECK (id > 0);\n";
    place.write("db/1_first.up.sql", "CREATE TABLE orders (id bigint PRIMARY KEY);\n");
    place.write("db/1_first.down.sql", "DROP TABLE orders;\n");
    place.write("db/2_check.up.sql", second);
    place.write("db/2_check.down.sql", "ALTER TABLE orders DROP CONSTRAINT positive;\n");
    let done = place.exits(1, &["lint", "--fix", "db"]);
    assert!(done.err.contains("db/2_check.up.sql is left as it was"), "{}", done.err);
    assert_eq!(place.read("db/2_check.up.sql"), second);
}
