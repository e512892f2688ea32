//! What else may happen to a server during a run: it goes away, a right is taken away, the disk is full, its clock is set
//! back, or it is a standby. What was begun can always be gone on with, and each step is done once.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

use crate::harness::cluster::Cluster;
use crate::harness::migrations::Shop;
use crate::harness::other::Other;
use crate::harness::place::Place;
use crate::harness::program::{Ran, pgplumb, ran};

/// Waits as long as another session holds the lock.
pub(crate) const GATE: &str = "SELECT pg_advisory_lock(1), pg_advisory_unlock(1);\n";

/// What holds it.
pub(crate) const SHUT: &str = "SELECT pg_advisory_lock(1)";

/// A verb on the database, beside the test.
pub(crate) fn begun(shop: &Shop, url: &str, verb: &[&str]) -> JoinHandle<Ran> {
    let mut command = pgplumb(shop.place.path(), &[verb, &["--db", url]].concat());
    let run = thread::spawn(move || ran(&mut command));
    shop.wait_for(
        "SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'advisory' AND application_name LIKE 'pgplumb on%'",
    );
    run
}

/// Ends like this, with these words on stderr.
#[track_caller]
pub(crate) fn ends(run: Ran, code: i32, words: &[&str]) {
    assert_eq!(run.code, Some(code), "{}{}", run.out, run.err);
    // As lines are broken anywhere, words are looked for without that.
    let told = run.err.replace("│", " ").split_whitespace().collect::<Vec<_>>().join(" ");
    for words in words {
        assert!(told.contains(words), "{words}: {}", run.err);
    }
}

fn ticks(shop: &Shop) -> String {
    shop.query("SELECT string_agg(n::text, ' ' ORDER BY n) FROM ticks")
}

#[test]
fn a_server_that_goes_away_for_a_while_is_waited_for_by_nobody_and_costs_nothing() {
    let mut shop = Shop::new();
    shop.query("CREATE TABLE ticks (n int)");
    let up = format!("INSERT INTO ticks VALUES (1);\nBEGIN;\nINSERT INTO ticks VALUES (2);\n{GATE}COMMIT;\n");
    shop.migration("20260101000000_a", &up, Some("DELETE FROM ticks;\n"));
    let url = shop.url();
    let other = Other::new(&shop, SHUT);
    let run = begun(&shop, &url, &["apply"]);
    shop.cluster.stop().unwrap();
    drop(other);
    ends(run.join().unwrap(), 2, &["db::lost", "run the command again once it is back", "`pgplumb status`"]);
    for verb in [&["apply"][..], &["status"], &["rollback"], &["resume"], &["drift"], &["history"]] {
        let ran = ran(&mut pgplumb(shop.place.path(), &[verb, &["--db", &url]].concat()));
        ends(ran, 2, &["db::cannot_connect", "is a server running on this machine?"]);
    }
    shop.cluster.go_on().unwrap();
    shop.exits(1, &["status"]);
    shop.exits(0, &["apply"]);
    assert_eq!(ticks(&shop), "1 2");
}

#[test]
fn a_role_that_loses_a_right_half_way_goes_on_when_it_has_it_again() {
    let shop = Shop::new();
    shop.query("CREATE ROLE worker LOGIN; GRANT CREATE ON DATABASE shop TO worker; CREATE SCHEMA app; GRANT ALL ON SCHEMA app TO worker");
    let up = format!(
        "CREATE TABLE app.ticks (n int);\nINSERT INTO app.ticks VALUES (1);\n{GATE}\
         CREATE TABLE app.more (n int);\nINSERT INTO app.ticks VALUES (2);\n"
    );
    shop.migration("20260101000000_a", &up, None);
    let url = shop.url().replace("postgres@", "worker@");
    let apply = || ran(&mut pgplumb(shop.place.path(), &["apply", "--db", &url]));
    let ticks = || shop.query("SELECT string_agg(n::text, ' ' ORDER BY n) FROM app.ticks");

    // A right that a step needs.
    let other = Other::new(&shop, SHUT);
    let run = begun(&shop, &url, &["apply"]);
    shop.query("REVOKE CREATE ON SCHEMA app FROM worker");
    other.end(&shop);
    let denied = ["migrate::step", "step 4 of `20260101000000_a`", "permission denied for schema app", "goes on"];
    ends(run.join().unwrap(), 2, &denied);
    ends(apply(), 2, &denied);
    assert_eq!(ticks(), "1");
    shop.query("GRANT CREATE ON SCHEMA app TO worker");
    ends(apply(), 0, &["goes on where it stopped"]);
    assert_eq!(ticks(), "1 2");

    // The right to the books: what cannot be written down is not done.
    let up = format!("{GATE}INSERT INTO app.ticks VALUES (3);\nINSERT INTO app.ticks VALUES (4);\n");
    shop.migration("20260102000000_b", &up, None);
    let other = Other::new(&shop, SHUT);
    let run = begun(&shop, &url, &["apply"]);
    shop.query("REVOKE ALL ON pgplumb.journal FROM worker");
    other.end(&shop);
    ends(run.join().unwrap(), 2, &["permission denied for table journal"]);
    assert_eq!(ticks(), "1 2");
    shop.query("GRANT ALL ON pgplumb.journal TO worker");
    ends(apply(), 0, &[]);
    assert_eq!(ticks(), "1 2 3 4");
    // The role itself is shut out.
    shop.query("ALTER ROLE worker NOLOGIN");
    ends(apply(), 2, &["db::authentication", "not permitted to log in"]);
}

#[test]
fn a_standby_is_looked_at_and_never_worked_on() {
    let cluster = Cluster::start_with(&["wal_level=replica", "max_wal_senders=4"]).unwrap();
    cluster.create(&["shop"]).unwrap();
    let shop = Shop { cluster, place: Place::new() };
    shop.migration("20260101000000_a", "CREATE TABLE a (n int);\n", Some("DROP TABLE a;\n"));
    shop.exits(0, &["apply"]);
    let standby = shop.cluster.standby().unwrap();
    let url = standby.url("shop");
    let on_standby = |verb: &[&str]| ran(&mut pgplumb(shop.place.path(), &[verb, &["--db", &url]].concat()));

    let refused = ["migrate::read_only", "the server is a standby", "target_session_attrs=read-write"];
    // Whether anything is due or not.
    ends(on_standby(&["apply"]), 1, &refused);
    ends(on_standby(&["rollback", "--yes", "--allow", "down-lossy"]), 1, &refused);
    ends(on_standby(&["repair", "20260101000000_a", "--accept", "--because", "x"]), 1, &refused);
    for looks in [
        &["status"][..],
        &["drift"],
        &["history"],
        &["resume"],
        &["apply", "--dry-run"],
        &["rollback", "--dry-run"],
        &["dump"],
        &["health"],
        &["verify", "--data"],
    ] {
        let ran = on_standby(looks);
        assert_eq!(ran.code, Some(0), "{looks:?}: {}{}", ran.out, ran.err);
    }
    let looked = on_standby(&["preflight"]);
    assert!(looked.code == Some(1) && looked.out.contains("the server is a standby"), "{}{}", looked.out, looked.err);

    shop.migration("20260102000000_b", "CREATE TABLE b (n int);\n", None);
    ends(on_standby(&["apply"]), 1, &["command::preflight", "read-only: the server is a standby"]);
    ends(on_standby(&["apply", "--force", "read-only"]), 1, &refused);
    ends(on_standby(&["status"]), 1, &[]);
    ends(on_standby(&["baseline"]), 1, &refused);
    // Of several hosts it is the primary that is worked on.
    let (first, second) = (standby.folder().display(), shop.cluster.folder().display());
    let both = format!("host={first},{second} dbname=shop user=postgres target_session_attrs=read-write");
    ends(ran(&mut pgplumb(shop.place.path(), &["apply", "--db", &both])), 0, &[]);
    assert_eq!(shop.query("SELECT to_regclass('b') IS NOT NULL"), "t");
    shop.query("ALTER DATABASE shop SET default_transaction_read_only = on");
    ends(
        ran(&mut pgplumb(shop.place.path(), &["rollback", "--db", &shop.url()])),
        1,
        &["migrate::read_only", "may only read"],
    );
}

#[test]
fn a_disk_that_is_full_of_the_books_stops_the_run_and_it_goes_on_when_there_is_room() {
    let mount =
        "mkdir \"$0\" && mount -t tmpfs -o size=128k,mode=700,uid=$(id -u postgres) tmpfs \"$0\" && exec \"$@\"";
    // In a namespace of its own the small disk goes with the server.
    let cluster = match Cluster::start_by(&["unshare", "--mount", "sh", "-c", mount, "{}/small"]) {
        Ok(cluster) => cluster,
        Err(why) => {
            let note = "NOT RUN: a full disk. Who runs the tests may not mount a small one here (root may)";
            writeln!(std::io::stderr(), "{note}: {why}").unwrap();
            return;
        }
    };
    cluster.create(&["shop"]).unwrap();
    let shop = Shop { cluster, place: Place::new() };
    shop.query(&format!("CREATE TABLESPACE small LOCATION '{}/small'", shop.cluster.folder().display()));
    shop.migration("20260101000000_a", "CREATE TABLE ticks (n int);\n", None);
    shop.exits(0, &["apply"]);
    shop.query("ALTER TABLE pgplumb.journal SET TABLESPACE small; CREATE TABLE filler (n text) TABLESPACE small");
    let full = shop
        .cluster
        .query("shop", "DO $$ BEGIN LOOP INSERT INTO filler VALUES (repeat('x', 7000)); COMMIT; END LOOP; END $$");
    assert!(full.unwrap_err().contains("No space left on device"));
    let up: String = (1..=200).map(|n| format!("INSERT INTO ticks VALUES ({n});\n")).collect();
    shop.migration("20260102000000_b", &up, None);
    let stopped = shop.place.run(&["apply", "--force", "drift", "--db", &shop.url()]);
    assert_eq!(stopped.code, 2, "{}{}", stopped.out, stopped.err);
    for words in ["of `20260102000000_b` fails", "No space left on device", "goes on"] {
        assert!(stopped.err.contains(words), "{words}: {}", stopped.err);
    }
    let done: u32 = shop.query("SELECT count(*) FROM ticks").parse().unwrap();
    assert!((1..200).contains(&done), "{done}");
    shop.query("DROP TABLE filler");
    let again = shop.exits(0, &["apply"]);
    assert!(again.err.contains("goes on where it stopped"), "{}", again.err);
    assert_eq!(shop.query("SELECT count(*) || ' ' || sum(n) FROM ticks"), "200 20100");
}

/// Where Debian keeps the library that tells a program another time.
fn library() -> PathBuf {
    let machines = fs::read_dir("/usr/lib").unwrap().flatten();
    let found = machines.map(|machine| machine.path().join("faketime/libfaketime.so.1")).find(|path| path.exists());
    found.expect("the package faketime is not there: run `./dev setup`")
}

#[test]
fn the_order_of_the_books_is_not_that_of_the_clock() {
    let preload = format!("LD_PRELOAD={}", library().display());
    let clock = ["FAKETIME_TIMESTAMP_FILE={}/clock", "FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1"];
    let cluster = Cluster::start_among(&[&[&*preload][..], &clock].concat()).unwrap();
    cluster.create(&["shop"]).unwrap();
    let shop = Shop { cluster, place: Place::new() };
    let set = |clock: &str| {
        let path: &Path = &shop.cluster.folder().join("clock");
        fs::write(path, clock).unwrap();
        let days: i64 = clock.trim_end_matches('d').parse().unwrap();
        shop.wait_for(&format!("SELECT abs(extract(epoch FROM clock_timestamp()) - {}) < 86400", now() + days * 86400));
    };
    shop.query("CREATE TABLE ticks (n int)");
    let tick = |n: i32| (format!("INSERT INTO ticks VALUES ({n});\n"), format!("DELETE FROM ticks WHERE n = {n};\n"));
    for (n, id) in [(1, "20260101000000_a"), (2, "20260102000000_b"), (3, "20260103000000_c")] {
        let (up, down) = tick(n);
        let gate = if n == 2 { GATE } else { "" };
        shop.migration(id, &format!("{up}{gate}"), Some(&down));
    }
    let url = shop.url();
    shop.exits(0, &["apply", "--to", "a"]);
    // Set back by a month in the middle of a run, and then forward.
    let other = Other::new(&shop, SHUT);
    let run = begun(&shop, &url, &["apply"]);
    set("-30d");
    other.end(&shop);
    ends(run.join().unwrap(), 0, &[]);
    let times = "SELECT string_agg(id, ' ' ORDER BY started_at) FROM pgplumb.history WHERE id < '20261'";
    assert_eq!(shop.query(times), "20260103000000_c 20260101000000_a 20260102000000_b");
    assert_eq!(shop.query("SELECT bool_and(duration >= '0') FROM pgplumb.history WHERE id < '20261'"), "t");
    shop.exits(0, &["status"]);
    shop.exits(0, &["drift"]);
    let history = shop.exits(0, &["history"]).out;
    let places: Vec<Option<usize>> = ["101000000_a", "102000000_b", "103000000_c"].map(|id| history.find(id)).to_vec();
    assert!(places.is_sorted() && places[0].is_some(), "{history}");
    set("-60d");
    let back = ["rollback", "--yes", "--allow", "down-lossy"];
    for (gone, left) in [("20260103000000_c", "1 2"), ("20260102000000_b", "1")] {
        let ran = shop.exits(0, &back);
        assert!(ran.out.contains(&format!("rolled back {gone}")), "{}", ran.out);
        assert_eq!(ticks(&shop), left);
    }
    set("+400d");
    shop.exits(0, &["apply"]);
    set("-1d");
    let ran = shop.exits(0, &back);
    assert!(ran.out.contains("rolled back 20260103000000_c"), "{}", ran.out);
    assert_eq!(ticks(&shop), "1 2");
}

/// Seconds since 1970.
fn now() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(now.as_secs()).unwrap()
}
