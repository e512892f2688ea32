//! Steps that are run in batches, on a real server.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use crate::harness::cluster::Cluster;
use crate::harness::migrations::Shop;
use crate::harness::place::Place;

const ID: &str = "20260101000000_fill";

/// What the journal says of the step: its outcome, batches and rows.
const JOURNAL: &str = "SELECT concat_ws(' ', j.outcome, place ->> 'batches', place ->> 'rows', place ->> 'after') \
                       FROM pgplumb.journal AS j JOIN pgplumb.history USING (run) WHERE id < '20261' AND forward";

fn shop(sql: &str, up: &str) -> Shop {
    let shop = Shop::new();
    shop.query(sql);
    shop.migration(ID, up, None);
    shop
}

#[test]
fn each_batch_is_a_transaction_of_its_own() {
    let shop = shop(
        "CREATE TABLE orders (id int PRIMARY KEY, x xid8); INSERT INTO orders SELECT generate_series(1, 25);",
        "-- pgplumb: backfill batch=10 pause=1ms\nUPDATE orders SET x = pg_current_xact_id() WHERE id <> 3;\n",
    );
    let ran = shop.exits(0, &["apply"]);
    assert!(ran.out.contains("applied 20260101000000_fill  1 step"), "{}", ran.out);
    assert_eq!(shop.query("SELECT string_agg(n::text, ' ' ORDER BY x) FROM (SELECT x, count(*) AS n FROM orders WHERE x IS NOT NULL GROUP BY x) AS s"), "9 10 5");
    assert_eq!(shop.query(JOURNAL), "applied 3 24 [\"25\"]");
    assert_eq!(shop.exits(0, &["apply"]).out, "nothing to apply\n");
}

#[test]
fn keys_of_any_columns_and_all_three_statements() {
    let shop = shop(
        "CREATE TABLE t (tenant text, \"No\" bigint, done bool, PRIMARY KEY (tenant, \"No\"));
         INSERT INTO t SELECT E'it''s \\\\ ' || n % 3, n FROM generate_series(1, 20) AS n;
         CREATE TABLE copy (tenant text, no bigint);
         CREATE TABLE p (at timestamptz NOT NULL, n int) PARTITION BY RANGE (at);
         CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2026-01-01') TO ('2026-01-05');
         CREATE TABLE p2 PARTITION OF p FOR VALUES FROM ('2026-01-05') TO ('2027-01-01');
         CREATE INDEX ON p (at);
         INSERT INTO p SELECT '2026-01-01 12:00'::timestamptz + n * interval '1 day', n FROM generate_series(0, 9) AS n;",
        "SET datestyle = 'German';
-- pgplumb: backfill batch=7
UPDATE t AS x SET done = true;
-- pgplumb: backfill batch=7 key=tenant
INSERT INTO copy SELECT x.tenant, \"No\" FROM t AS x JOIN generate_series(1, 10) AS g ON g = \"No\";
-- pgplumb: backfill key=at batch=3
DELETE FROM p WHERE n % 2 = 0 RETURNING n;
",
    );
    shop.exits(0, &["apply"]);
    assert_eq!(shop.query("SELECT count(*) FILTER (WHERE done) FROM t"), "20");
    assert_eq!(shop.query("SELECT count(*), count(DISTINCT no) FROM copy"), "10|10");
    assert_eq!(shop.query("SELECT string_agg(n::text, ' ' ORDER BY n) FROM p"), "1 3 5 7 9");
}

#[test]
fn what_has_no_batches_is_refused_before_anything_is_done() {
    let sql = "CREATE TABLE t (id int PRIMARY KEY, a int, b int NOT NULL); CREATE TABLE bare (a int); CREATE TABLE u (n bigint);
               INSERT INTO t SELECT n, n, n FROM generate_series(1, 3) AS n;";
    let shop = shop(sql, "");
    let refused = |up: &str, why: &str| {
        shop.migration(ID, up, None);
        let ran = shop.exits(2, &["apply"]);
        // Messages are folded to the width of the page.
        let said = ran.err.replace('│', " ").split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(why), "{up}\n{}", ran.err);
    };
    refused("BEGIN;\n-- pgplumb: backfill\nUPDATE t SET a = 0;\nCOMMIT;\n", "it stands in a transaction");
    refused("-- pgplumb: backfill\nVACUUM t;\n", "only an UPDATE, a DELETE, or an INSERT from a SELECT has batches");
    refused("-- pgplumb: backfill size=5\nUPDATE t SET a = 0;\n", "there is no setting `size`");
    refused("UPDATE t SET a = 0;\n-- pgplumb: backfill\n", "the directive stands at no statement");
    refused("-- pgplumb: backfill\nUPDATE bare SET a = 0;\n", "`bare` has no primary key");
    refused("-- pgplumb: backfill key=x\nUPDATE t SET a = 0;\n", "`t` has no column `x`");
    refused("-- pgplumb: backfill key=a\nUPDATE t SET a = 0;\n", "`a` of `t` can be NULL");
    refused("-- pgplumb: backfill key=b\nUPDATE t SET a = 0;\n", "no index of `t` begins with these columns");
    refused("-- pgplumb: backfill\nINSERT INTO u SELECT sum(a) FROM t;\n", "groups, sorts out or counts rows");
    refused("-- pgplumb: backfill\nINSERT INTO u SELECT row_number() OVER () FROM t;\n", "groups, sorts out or counts");
    refused("-- pgplumb: backfill\nUPDATE t SET nothing = 0;\n", "column \"nothing\" of relation \"t\" does not exist");
    assert_eq!(shop.query("SELECT sum(a) FROM t"), "6");
    assert_eq!(shop.query("SELECT count(*) FROM u"), "0");
}

#[test]
fn a_batch_that_fails_leaves_those_before_it_and_is_where_it_goes_on() {
    let shop = shop(
        "CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t SELECT n, CASE n WHEN 14 THEN 0 ELSE n END FROM generate_series(1, 20) AS n;",
        "-- pgplumb: backfill batch=5\nUPDATE t SET n = 100 / n + 1000;\n",
    );
    let ran = shop.exits(2, &["apply"]);
    assert!(ran.err.contains("division by zero"), "{}", ran.err);
    assert_eq!(shop.query("SELECT count(*) FILTER (WHERE n > 1000) FROM t"), "10");
    let explained = shop.exits(1, &["resume", "--explain"]);
    assert!(explained.out.contains("half done; goes on behind its last batch"), "{}", explained.out);

    shop.migration(ID, "-- pgplumb: backfill batch=5\nUPDATE t SET n = 100 / nullif(n, 0) + 1000;\n", None);
    let ran = shop.exits(2, &["apply"]);
    assert!(ran.err.contains("migrate::edited_midway"), "{}", ran.err);

    shop.migration(ID, "-- pgplumb: backfill batch=3\nUPDATE t SET n = 100 / n + 1000;\n", None);
    shop.query("UPDATE t SET n = 14 WHERE id = 14");
    shop.exits(0, &["apply"]);
    assert_eq!(shop.query("SELECT count(*) FILTER (WHERE n BETWEEN 1001 AND 1100) FROM t"), "20");
    assert_eq!(shop.query(JOURNAL), "applied 6 20 [\"20\"]");
}

#[test]
fn a_row_that_is_locked_is_waited_for_no_longer_than_the_lock_timeout() {
    let shop = shop(
        "CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t SELECT generate_series(1, 20);",
        "SET lock_timeout = '100ms';\n-- pgplumb: backfill batch=5\nUPDATE t SET n = coalesce(n, 0) + 1;\n",
    );
    shop.write("pgplumb.yaml", "apply:\n  pause: 100ms\n");
    let url = shop.url();
    let ran = thread::scope(|scope| {
        let holder =
            scope.spawn(|| shop.query("BEGIN; SELECT FROM t WHERE id = 12 FOR UPDATE; SELECT pg_sleep(1.5); COMMIT"));
        shop.wait_for("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE '%pg_sleep(1.5)%' AND state = 'active' AND pid <> pg_backend_pid())");
        let ran = shop.place.exits(0, &["apply", "--db", &url]);
        holder.join().unwrap();
        ran
    });
    assert!(ran.err.contains("canceling statement due to lock timeout"), "{}", ran.err);
    assert_eq!(shop.query("SELECT count(*), sum(n) FROM t"), "20|20");
}

#[test]
fn it_waits_while_others_are_at_work() {
    let shop = shop(
        "CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t SELECT generate_series(1, 20);",
        "-- pgplumb: backfill batch=5 max_active=1\nUPDATE t SET n = 1;\n",
    );
    let url = shop.url();
    let ran = thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| shop.query("SELECT pg_sleep(4)"));
        }
        shop.wait_for(
            "SELECT count(*) = 2 FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(4)' AND state = 'active'",
        );
        let apply = scope.spawn(|| shop.place.exits(0, &["apply", "--db", &url]));
        thread::sleep(Duration::from_millis(1));
        apply.join().unwrap()
    });
    assert!(ran.err.contains("step 1 waits: 2 other sessions are at work"), "{}", ran.err);
    assert_eq!(shop.query("SELECT count(n) FROM t"), "20");
}

/// A primary with a standby that follows it, and a backfill that waits for it. 100 rows in batches of 5.
fn with_standby() -> (Shop, Cluster) {
    let cluster = Cluster::start_with(&["wal_level=replica", "max_wal_senders=4", "wal_receiver_status_interval=60s"]);
    let cluster = cluster.unwrap();
    cluster.create(&["shop"]).unwrap();
    let shop = Shop { cluster, place: Place::new() };
    shop.query("CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t SELECT generate_series(1, 100)");
    let up = "-- pgplumb: backfill batch=5 pause=200ms max_lag=1s\nUPDATE t SET n = coalesce(n, 0) + 1;\n";
    shop.migration(ID, up, None);
    let standby = shop.cluster.standby().unwrap();
    shop.wait_for(CAUGHT_UP);
    (shop, standby)
}

const CAUGHT_UP: &str =
    "SELECT count(*) = 1 AND bool_and(replay_lsn >= pg_current_wal_flush_lsn()) FROM pg_stat_replication";

const FILLED: &str = "SELECT count(n) FROM t";

/// Waits until it says that it waits.
fn waits(shop: &Shop) -> String {
    let (start, path) = (Instant::now(), shop.place.path().join("events"));
    loop {
        let events = fs::read_to_string(&path).unwrap_or_default();
        if let Some(line) = events.lines().find(|line| line.contains("\"brakes\"")) {
            return line.to_owned();
        }
        assert!(start.elapsed() < Duration::from_secs(20), "it does not wait: {events}");
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn it_waits_for_a_replica_whose_replay_stands_still() {
    let (shop, standby) = with_standby();
    standby.query("shop", "SELECT pg_wal_replay_pause()").unwrap();
    let paused = "SELECT pg_get_wal_replay_pause_state()";
    // It stops at the next record, and says how far it is when there is a new one.
    let record = "pg_logical_emit_message(true, 'a', 'b') IS NOT NULL";
    shop.wait_for(&format!("SELECT {record} AND max(replay_lag) > '1s' FROM pg_stat_replication"));
    assert_eq!(standby.query("shop", paused).unwrap(), "paused");
    let url = shop.url();
    let ran = thread::scope(|scope| {
        let apply = scope.spawn(|| shop.place.exits(0, &["apply", "--events", "events", "--db", &url]));
        let event = waits(&shop);
        assert!(event.contains("a replica is"), "{event}");
        thread::sleep(Duration::from_secs(2));
        assert_eq!(shop.query(FILLED), "0");
        standby.query("shop", "SELECT pg_wal_replay_resume()").unwrap();
        let start = Instant::now();
        // The standby says nothing by itself, and nobody else writes anything that it would have to answer.
        while shop.query(FILLED) == "0" {
            assert!(start.elapsed() < Duration::from_secs(8), "it waits for a replica that has caught up");
            thread::sleep(Duration::from_millis(50));
        }
        apply.join().unwrap()
    });
    assert!(ran.err.contains("step 1 waits: a replica is") && ran.err.contains("s behind"), "{}", ran.err);
    assert_eq!(shop.query("SELECT count(*), sum(n) FROM t"), "100|100");
    assert_eq!(shop.query(JOURNAL), "applied 20 100 [\"100\"]");
    shop.wait_for(CAUGHT_UP);
    assert_eq!(standby.query("shop", "SELECT count(*), sum(n) FROM t").unwrap(), "100|100");
}
