//! PgBouncer in between: in transaction mode no verb works that writes, in session mode all do.

use std::thread;

use crate::harness::bouncer::Bouncer;
use crate::harness::migrations::Shop;
use crate::harness::program::{Ran, pgplumb, ran};

/// The locks of runners that somebody holds.
const LOCKS: &str = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'";

fn by(shop: &Shop, bouncer: &Bouncer, verb: &[&str]) -> Ran {
    ran(&mut pgplumb(shop.place.path(), &[verb, &["--db", &bouncer.url("shop")]].concat()))
}

/// Is refused for the pooler's sake, and leaves nothing.
#[track_caller]
fn is_refused(shop: &Shop, bouncer: &Bouncer, verb: &[&str]) {
    let ran = by(shop, bouncer, verb);
    assert_eq!(ran.code, Some(1), "{verb:?}: {}{}", ran.out, ran.err);
    assert!(ran.err.starts_with("command::preflight"), "{verb:?}: {}", ran.err);
    for words in ["pooler: a pooler in transaction mode is between", "Connect to the server itself", "pool_mode"] {
        assert!(ran.err.contains(words), "{verb:?}: {words}: {}", ran.err);
    }
    assert_eq!(shop.query(LOCKS), "0", "{verb:?}");
}

/// Somebody else of the pool.
fn psql(shop: &Shop, bouncer: &Bouncer, sql: &str) -> String {
    let done = ran(shop.cluster.client("psql").args(["-X", "-q", "-At", "-d", &bouncer.url("shop"), "-c", sql]));
    assert_eq!(done.code, Some(0), "{}", done.err);
    done.out.trim().to_owned()
}

/// What is set in each session of the pool: as many at once take all of them.
fn settings(shop: &Shop, bouncer: &Bouncer) -> Vec<String> {
    let sql = "SELECT concat_ws(' ', current_setting('client_min_messages'), nullif(current_setting('pgplumb.session', true), '')) \
               FROM pg_sleep(1)";
    thread::scope(|scope| {
        let all: Vec<_> = (0..5).map(|_| scope.spawn(|| psql(shop, bouncer, sql))).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    })
}

#[test]
fn in_transaction_mode_what_writes_is_refused() {
    let shop = Shop::new();
    shop.migration("20260101000000_a", "CREATE TABLE a (n int);\n", Some("DROP TABLE a;\n"));
    let bouncer = Bouncer::start(&shop.cluster, "transaction");
    let looked = by(&shop, &bouncer, &["preflight"]);
    assert_eq!(looked.code, Some(1), "{}{}", looked.out, looked.err);
    assert!(looked.out.contains("a pooler in transaction mode is between"), "{}{}", looked.out, looked.err);
    // Sessions before have left what they prepared: every run is like the first.
    for _ in 0..3 {
        is_refused(&shop, &bouncer, &["apply"]);
    }
    is_refused(&shop, &bouncer, &["baseline"]);
    assert_eq!(shop.query("SELECT to_regnamespace('pgplumb') IS NULL AND to_regclass('a') IS NULL"), "t");

    shop.exits(0, &["apply"]);
    let down = ["rollback", "--yes", "--allow", "down-lossy"];
    is_refused(&shop, &bouncer, &down);
    is_refused(&shop, &bouncer, &["repair", "20260101000000_a", "--accept", "--because", "x"]);
    is_refused(&shop, &bouncer, &["apply"]);
    assert_eq!(shop.query("SELECT to_regclass('a') IS NOT NULL"), "t");
    // What somebody else has set in a session of the pool, and made in it, stays.
    let set = "SET client_min_messages = error; SET pgplumb.session = 'theirs'; CREATE TEMP TABLE theirs ()";
    psql(&shop, &bouncer, set);
    for verb in [&["apply"][..], &down, &["status"], &["resume"], &["apply", "--dry-run"], &["history"], &["verify"]] {
        by(&shop, &bouncer, verb);
    }
    assert_eq!(shop.query("SELECT count(*) FROM pg_class WHERE relname = 'theirs'"), "1");
    let said = settings(&shop, &bouncer);
    assert_eq!(said.iter().filter(|one| *one == "error theirs").count(), 1, "{said:?}");
    assert!(said.iter().all(|one| one == "error theirs" || one == "notice"), "{said:?}");
    // What only looks comes through, or says why not.
    for verb in
        [&["status"][..], &["resume"], &["history"], &["drift"], &["dump"], &["status"], &["apply", "--dry-run"]]
    {
        let ran = by(&shop, &bouncer, verb);
        let told = ran.err.contains("a pooler in transaction mode");
        assert!(ran.code == Some(0) || told, "{verb:?}: {:?} {}{}", ran.code, ran.out, ran.err);
    }
    // Somebody else of the pool has a statement of the same name.
    let other = bouncer.url("shop");
    let prepared = ran(shop.cluster.client("psql").args(["-X", "-d", &other, "-c", "PREPARE s0 AS SELECT 1"]));
    assert_eq!(prepared.code, Some(0), "{}", prepared.err);
    for verb in [&["status"][..], &["apply"]] {
        let ran = by(&shop, &bouncer, verb);
        assert!(
            ran.code == Some(2) && ran.err.contains("a pooler in transaction mode may be in between"),
            "{}",
            ran.err
        );
    }
    assert_eq!(shop.query(LOCKS), "0");
}

#[test]
fn in_session_mode_everything_works() {
    let shop = Shop::new();
    shop.query("CREATE TABLE source (id int PRIMARY KEY); INSERT INTO source SELECT generate_series(1, 5); CREATE TABLE ticks (n int)");
    let up = "CREATE TABLE a (n int);\nCREATE INDEX CONCURRENTLY a_n ON a (n);\n\
              -- pgplumb: backfill batch=2\nINSERT INTO ticks SELECT id FROM source;\n";
    shop.migration("20260101000000_a", up, Some("DELETE FROM ticks;\nDROP TABLE a;\n"));
    let bouncer = Bouncer::start(&shop.cluster, "session");
    for verb in [
        &["apply"][..],
        &["status"],
        &["drift"],
        &["rollback", "--yes", "--allow", "down-lossy"],
        &["apply"],
        &["apply"],
        &["history"],
    ] {
        let ran = by(&shop, &bouncer, verb);
        assert_eq!(ran.code, Some(0), "{verb:?}: {}{}", ran.out, ran.err);
        // The pool keeps its sessions, and nothing of ours in them.
        shop.wait_for("SELECT count(*) = 0 FROM pg_locks WHERE locktype = 'advisory'");
    }
    assert_eq!(shop.query("SELECT string_agg(n::text, ' ' ORDER BY n) FROM ticks"), "1 2 3 4 5");
    let looked = by(&shop, &bouncer, &["preflight"]);
    assert!(!looked.out.contains("pooler in transaction mode"), "{}", looked.out);
}
