//! The runner is killed at every place where it could be, and run again: nothing is lost, nothing is done twice.
//!
//! `just crash` does that with the migrations of every fixture, and kills the second run too.

use std::env;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::{self, sleep};
use std::time::Duration;

use crate::harness::cluster::Cluster;
use crate::harness::matrix::{BEFORE, Count, DOWN, Matrix, UP, is_long};
use crate::harness::migrations::Shop;
use crate::harness::place::Place;
use crate::harness::program::{pgplumb, ran};

/// In a short run, of so many places one.
const EVERY: usize = 5;

/// Kills the verb at each place and runs it again; with `twice`, kills the second run too.
fn kill_everywhere(matrix: &Matrix, verb: &[&str], twice: bool, count: &mut Count) {
    matrix.anew();
    let whole = matrix.run(verb, 0);
    assert_eq!(whole.code, Some(0), "{verb:?}: {}{}", whole.out, whole.err);
    let wanted = matrix.outcome();
    // Every day some of them; all of them where there is time.
    for point in (1..).step_by(if is_long() { 1 } else { EVERY }) {
        matrix.anew();
        let first = matrix.run(verb, point);
        if first.code == Some(0) {
            break;
        }
        assert_eq!(first.code, None, "{}", first.err);
        count.points += 1;
        count.kills += 1;
        if twice {
            let second = matrix.run(verb, 1 + point % 7);
            count.kills += usize::from(second.code.is_none());
            count.resumed += usize::from(second.code.is_none());
        }
        matrix.goes_on(verb, &format!("killed at {point}"), &wanted, count);
    }
}

#[test]
fn killed_at_every_place_it_goes_on() {
    let cluster = Cluster::start().unwrap();
    cluster.create(&["base"]).unwrap();
    cluster.query("base", BEFORE).unwrap();
    let place = Place::new();
    place.write("generated/20260101000000_all/up.sql", UP);
    place.write("generated/20260101000000_all/down.sql", DOWN);
    let (template, work) = ("base".to_owned(), "work".to_owned());
    let mut matrix = Matrix { cluster: &cluster, place, template, work, ticks: true };
    let mut count = Count::default();
    // With it the books are made.
    kill_everywhere(&matrix, &["apply"], is_long(), &mut count);
    count.say("apply");

    matrix.anew();
    matrix.run(&["apply"], 0);
    cluster.copy("work", &["applied"]).unwrap();
    matrix.template = "applied".to_owned();
    let mut count = Count::default();
    kill_everywhere(&matrix, &["rollback", "--allow", "down-lossy"], is_long(), &mut count);
    count.say("rollback");
}

/// The folders of fixtures whose migrations have several parts, or of all.
fn fixtures() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let filter = env::var("PGPLUMB_CASE").unwrap_or_default();
    let mut found = Vec::new();
    for kind in fs::read_dir(root).unwrap().flatten().filter(|entry| entry.path().is_dir()) {
        for case in fs::read_dir(kind.path()).unwrap().flatten() {
            let name = case.path().display().to_string();
            if case.path().join("from.sql").is_file() && case.path().join("up.sql").is_file() && name.contains(&filter)
            {
                found.push(case.path());
            }
        }
    }
    found.sort();
    found
}

/// Of the many fixtures, two for every day: an index is swapped, a constraint is made of one.
const DAILY: &[&str] = &["index/columns-changed", "constraint/unique-added-online"];

#[test]
fn the_migrations_of_fixtures_survive_it_too() {
    let cluster = Cluster::start().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    cluster.psql("postgres", &root.join("roles.sql")).unwrap();
    let cases: Vec<PathBuf> =
        fixtures().into_iter().filter(|case| is_long() || DAILY.iter().any(|daily| case.ends_with(daily))).collect();
    assert!(!cases.is_empty());
    let (mut apply, mut rollback, mut skipped) = (Count::default(), Count::default(), Vec::new());
    for case in &cases {
        cluster.drop(&["work", "applied", "base", "books"]).unwrap();
        cluster.create(&["base"]).unwrap();
        cluster.psql("base", &case.join("from.sql")).unwrap();
        let place = Place::new();
        let (template, work) = ("base".to_owned(), "work".to_owned());
        let mut matrix = Matrix { cluster: &cluster, place, template, work, ticks: false };
        matrix.anew();
        // The books are there already; that they are made whole is tried elsewhere.
        let made = matrix.run(&["apply"], 0);
        assert_eq!(made.code, Some(0), "{}: {}", case.display(), made.err);
        cluster.copy("work", &["books"]).unwrap();
        matrix.template = "books".to_owned();
        for file in ["up.sql", "down.sql"] {
            let text = fs::read_to_string(case.join(file)).unwrap();
            matrix.place.write(&format!("generated/20260101000000_case/{file}"), &text);
        }
        matrix.anew();
        if matrix.run(&["apply"], 0).code != Some(0) {
            // Subscriptions and the like need a server beside this one.
            skipped.push(case.display().to_string());
            continue;
        }
        kill_everywhere(&matrix, &["apply"], false, &mut apply);
        matrix.anew();
        matrix.run(&["apply"], 0);
        cluster.copy("work", &["applied"]).unwrap();
        matrix.template = "applied".to_owned();
        kill_everywhere(&matrix, &["rollback", "--allow", "down-lossy"], false, &mut rollback);
    }
    writeln!(std::io::stderr(), "{} fixtures; not run: {skipped:?}", cases.len()).unwrap();
    apply.say("apply of fixtures");
    rollback.say("rollback of fixtures");
    assert!(skipped.len() * 10 <= cases.len(), "{skipped:?}");
}

/// A migration that takes some seconds, with steps in and outside of transactions.
fn slow() -> String {
    let mut up = "CREATE TABLE ticks (n int);\nCREATE TABLE wide (n int);\nINSERT INTO wide SELECT generate_series(1, 200000);\n".to_owned();
    for number in 1..=5 {
        up.push_str(&format!("BEGIN;\nINSERT INTO ticks VALUES ({number});\nSELECT pg_sleep(0.1);\nCOMMIT;\n"));
        up.push_str(&format!("CREATE INDEX CONCURRENTLY i{number} ON wide (n);\n"));
    }
    up
}

/// Runs `apply` until it is done, while `disturb` does its worst after each of these pauses.
fn survives(shop: &mut Shop, pauses: &[u64], mut disturb: impl FnMut(&mut Shop)) -> usize {
    let mut kills = 0;
    for pause in pauses {
        let url = shop.url();
        let place = shop.place.path().to_owned();
        let run = thread::spawn(move || ran(&mut pgplumb(&place, &["apply", "--db", &url])));
        sleep(Duration::from_millis(*pause));
        disturb(shop);
        let done = run.join().unwrap();
        kills += usize::from(done.code != Some(0));
        if done.code != Some(0) {
            assert_eq!(done.code, Some(2), "{}", done.err);
        }
    }
    shop.exits(0, &["apply"]);
    assert_eq!(shop.query("SELECT string_agg(n::text, ' ' ORDER BY n) FROM ticks"), "1 2 3 4 5");
    assert_eq!(shop.query("SELECT count(*) FROM wide"), "200000");
    assert_eq!(
        shop.query("SELECT count(*) || ' ' || bool_and(indisvalid) FROM pg_index WHERE indrelid = 'wide'::regclass"),
        "5 true"
    );
    let journal = "SELECT count(*) || ' ' || bool_and(j.outcome = 'applied') FROM pgplumb.journal AS j \
                   JOIN pgplumb.history AS h USING (run) WHERE id < '20261'";
    assert_eq!(shop.query(journal), "18 true");
    let runs = "SELECT string_agg(outcome::text, ' ') FROM pgplumb.history WHERE id < '20261'";
    assert_eq!(shop.query(runs), "applied");
    kills
}

#[test]
fn a_backend_that_is_killed_costs_nothing() {
    let mut shop = Shop::new();
    shop.migration("20260101000000_slow", &slow(), None);
    let kill =
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE 'pgplumb on%'";
    let kills = survives(&mut shop, &[150, 300, 250, 400, 200, 350], |shop| drop(shop.query(kill)));
    writeln!(std::io::stderr(), "backend: {kills} killed, 0 lost").unwrap();
    assert!(kills >= 2);
}

#[test]
fn a_server_that_stops_at_once_costs_nothing() {
    let mut shop = Shop::new();
    shop.query("ALTER DATABASE shop SET synchronous_commit = on");
    shop.migration("20260101000000_slow", &slow(), None);
    let kills = survives(&mut shop, &[200, 400, 300], |shop| shop.cluster.restart().unwrap());
    writeln!(std::io::stderr(), "server: {kills} stopped, 0 lost").unwrap();
    assert!(kills >= 2);
}

#[test]
fn a_client_that_is_killed_leaves_the_lock_with_the_server_until_it_is_done() {
    let shop = Shop::new();
    let up = "CREATE TABLE t (n int);\nBEGIN;\nSELECT pg_sleep(2);\nINSERT INTO t VALUES (1);\nCOMMIT;\n";
    shop.migration("20260101000000_slow", up, None);
    let url = shop.url();
    // Without the wrapper, so that the signal goes to the program itself.
    let mut run = Command::new(env!("CARGO_BIN_EXE_pgplumb"));
    let mut run = run.args(["apply", "--db", &url]).current_dir(shop.place.path()).spawn().unwrap();
    shop.wait_for("SELECT count(*) = 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND state = 'active' AND pid <> pg_backend_pid()");
    run.kill().unwrap();
    run.wait().unwrap();
    let again = shop.exits(0, &["apply"]);
    assert!(again.err.contains("waiting for another run"), "{}", again.err);
    assert_eq!(shop.query("SELECT count(*) FROM t"), "1");
}
