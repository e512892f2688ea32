//! `pgplumb apply` as a person runs it, on a real server.

use std::process::Stdio;
use std::thread;
use std::time::Duration;

use crate::harness::cluster::Cluster;
use crate::harness::migrations::Shop;

const ORDERS: &str = "CREATE TABLE orders (id bigint PRIMARY KEY, note text);\n";

#[test]
fn what_is_due_is_run_once_and_written_down() {
    let shop = Shop::new();
    shop.migration("20260101000000_orders", ORDERS, Some("DROP TABLE orders;\n"));
    shop.migration(
        "20260102000000_more",
        "BEGIN;\nALTER TABLE orders ADD a int;\nALTER TABLE orders ADD b int;\nCOMMIT;\n",
        None,
    );
    let ran = shop.exits(0, &["apply", "--ticket", "SHOP-1"]);
    assert!(ran.out.contains("applied 20260101000000_orders  1 step"), "{}", ran.out);
    assert!(ran.out.contains("applied 20260102000000_more  2 steps"), "{}", ran.out);
    assert_eq!(shop.exits(0, &["apply"]).out, "nothing to apply\n");
    let history = "SELECT string_agg(concat_ws(' ', id, outcome, ticket, down_sql IS NOT NULL, duration IS NOT NULL), ', ' ORDER BY run) \
                   FROM pgplumb.history WHERE id < '20261'";
    assert_eq!(shop.query(history), "20260101000000_orders applied SHOP-1 t t, 20260102000000_more applied SHOP-1 f t");
    let journal = "SELECT string_agg(concat_ws(' ', id, step, j.outcome), ', ' ORDER BY run, step) \
                   FROM pgplumb.journal AS j JOIN pgplumb.history AS h USING (run) WHERE id < '20261'";
    assert_eq!(
        shop.query(journal),
        "20260101000000_orders 1 applied, 20260102000000_more 1 applied, 20260102000000_more 2 applied"
    );
    let measured = "SELECT count(*) FROM pgplumb.state JOIN pgplumb.history ON to_fingerprint = fingerprint";
    assert_eq!(shop.query(measured), "1");
}

#[test]
fn a_dry_run_says_what_would_be_run_and_writes_nothing() {
    let shop = Shop::new();
    shop.migration("20260101000000_orders", ORDERS, None);
    let ran = shop.exits(0, &["apply", "--dry-run", "--verbose"]);
    assert_eq!(
        ran.out,
        "would apply 20260101000000_orders  1 step in 1 transaction\n  1  CREATE TABLE orders (id bigint PRIMARY KEY, note text)\n"
    );
    assert_eq!(shop.query("SELECT to_regnamespace('pgplumb') IS NULL AND to_regclass('orders') IS NULL"), "t");
}

#[test]
fn a_run_can_end_at_a_migration_and_what_comes_too_late_is_refused() {
    let shop = Shop::new();
    shop.migration("20260101000000_orders", ORDERS, None);
    shop.migration("20260103000000_last", "CREATE TABLE last ();\n", None);
    let ran = shop.exits(2, &["apply", "--to", "oders"]);
    assert!(ran.err.contains("there is no migration `oders`"), "{}", ran.err);
    shop.exits(0, &["apply", "--to", "orders"]);
    assert_eq!(shop.query("SELECT to_regclass('last') IS NULL"), "t");
    shop.exits(0, &["apply"]);
    shop.migration("20260102000000_late", "CREATE TABLE late ();\n", None);
    let ran = shop.exits(1, &["apply"]);
    assert!(ran.err.contains("migrate::out_of_order") && ran.err.contains("20260102000000_late"), "{}", ran.err);
    shop.exits(0, &["apply", "--force", "out-of-order"]);
    assert_eq!(shop.query("SELECT to_regclass('late') IS NULL"), "f");
}

#[test]
fn a_failed_transaction_leaves_nothing_and_is_run_again() {
    let shop = Shop::new();
    shop.migration("20260101000000_orders", "BEGIN;\nCREATE TABLE orders ();\nSELECT 1 / 0;\nCOMMIT;\n", None);
    let ran = shop.exits(2, &["apply"]);
    assert!(ran.err.contains("step 2 of `20260101000000_orders` fails: division by zero"), "{}", ran.err);
    assert!(ran.err.contains("nothing of it is left in the database") && ran.err.contains("up.sql:3:1"), "{}", ran.err);
    let left = "SELECT (to_regclass('orders') IS NULL) || ' ' || outcome || ' ' || error FROM pgplumb.history WHERE id < '20261'";
    assert_eq!(shop.query(left), "true failed division by zero");
    shop.migration("20260101000000_orders", ORDERS, None);
    shop.exits(0, &["apply"]);
    let outcomes = "SELECT string_agg(outcome::text, ' ' ORDER BY run) FROM pgplumb.history WHERE id < '20261'";
    assert_eq!(shop.query(outcomes), "failed applied");
}

#[test]
fn a_script_may_end_what_the_session_has_prepared() {
    let shop = Shop::new();
    for day in 1..4 {
        let up = format!("BEGIN;\nCREATE TABLE t{day} ();\nDO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$;\nCOMMIT;\n");
        shop.migration(&format!("2026010{day}000000_t{day}"), &up, None);
    }
    shop.exits(0, &["apply"]);
    let runs =
        "SELECT string_agg(concat_ws(' ', name, outcome), ', ' ORDER BY run) FROM pgplumb.history WHERE id < '20261'";
    assert_eq!(shop.query(runs), "t1 applied, t2 applied, t3 applied");
    assert_eq!(shop.query("SELECT count(*) FROM pg_class WHERE relname ~ '^t[0-9]$'"), "3");
}

#[test]
fn a_migration_that_failed_half_way_goes_on_after_it_was_mended() {
    let shop = Shop::new();
    let up = |rest: &str| format!("SET search_path = s;\nCREATE SCHEMA s;\nCREATE TABLE one ();\n{rest}");
    shop.migration("20260101000000_two", &up("CREATE TABLE one ();\n"), None);
    let ran = shop.exits(2, &["apply"]);
    assert!(ran.err.contains("step 3") && ran.err.contains("what came before it stays"), "{}", ran.err);
    assert_eq!(shop.query("SELECT to_regclass('s.one')"), "s.one");
    shop.migration("20260101000000_two", "CREATE SCHEMA other;\n", None);
    let ran = shop.exits(2, &["apply"]);
    assert!(ran.err.contains("migrate::edited_midway"), "{}", ran.err);
    shop.migration("20260101000000_two", &up("CREATE TABLE two ();\n"), None);
    let ran = shop.exits(0, &["apply"]);
    assert!(ran.err.contains("20260101000000_two goes on where it stopped"), "{}", ran.err);
    assert_eq!(shop.query("SELECT to_regclass('s.two')"), "s.two", "the path is set again");
    assert_eq!(shop.exits(0, &["apply"]).out, "nothing to apply\n");
}

#[test]
fn an_edited_file_is_refused() {
    let shop = Shop::new();
    shop.migration("20260101000000_orders", ORDERS, None);
    shop.exits(0, &["apply"]);
    shop.migration("20260101000000_orders", "CREATE TABLE orders ();\n", None);
    let ran = shop.exits(1, &["apply"]);
    assert!(ran.err.contains("migrate::edited") && ran.err.contains("20260101000000_orders"), "{}", ran.err);
}

#[test]
fn drift_is_shown_with_three_ways_out() {
    let shop = Shop::new();
    shop.migration("20260101000000_orders", ORDERS, None);
    shop.exits(0, &["apply"]);
    shop.query("ALTER TABLE orders ADD hot_fix int; CREATE TABLE extra (id int PRIMARY KEY)");
    shop.migration("20260102000000_more", "CREATE TABLE more ();\n", None);
    let ran = shop.exits(1, &["apply"]);
    assert!(ran.err.contains("migrate::drift") && ran.err.contains("2 differences"), "{}", ran.err);
    assert!(
        ran.err.contains("+ column public.orders.hot_fix") && ran.err.contains("+ table public.extra"),
        "{}",
        ran.err
    );
    assert!(!ran.err.contains("extra.id") && ran.err.contains("--force drift"), "{}", ran.err);
    assert_eq!(shop.query("SELECT to_regclass('more') IS NULL"), "t");
    shop.exits(0, &["apply", "--force", "drift"]);
    assert_eq!(shop.query("SELECT to_regclass('more') IS NULL"), "f");
}

#[test]
fn a_plan_is_bound_to_the_state_that_it_was_made_for() {
    let shop = Shop::new();
    shop.write("schema/orders.sql", ORDERS);
    shop.plan(&["--name", "orders"]);
    shop.exits(0, &["apply"]);
    shop.write("schema/orders.sql", "CREATE TABLE orders (id bigint PRIMARY KEY, note text NOT NULL CHECK (note <> ''));\nCREATE INDEX ON orders (note);\nGRANT SELECT ON orders TO PUBLIC;\n");
    shop.plan(&["--name", "index"]);
    shop.exits(0, &["apply"]);
    shop.write("schema/more.sql", "CREATE VIEW v AS SELECT id FROM orders;\n");
    // Without a database: from the migrations, replayed.
    shop.plan_replayed(&["--name", "view"]);
    shop.exits(0, &["apply"]);
    assert_eq!(
        shop.query("SELECT count(*) FROM pgplumb.history WHERE outcome = 'applied' AND to_fingerprint IS NOT NULL"),
        "3"
    );
    // The same on a database that somebody else made.
    shop.cluster.query("postgres", "CREATE ROLE other SUPERUSER LOGIN").unwrap();
    shop.cluster.query("postgres", "CREATE DATABASE second OWNER other").unwrap();
    let second = shop.cluster.url("second").replace("postgres@", "other@");
    shop.place.exits(0, &["apply", "--db", &second]);
    // And not on one that has something more.
    shop.cluster.query("postgres", "CREATE DATABASE third").unwrap();
    shop.cluster.query("third", "CREATE TABLE mine ()").unwrap();
    let ran = shop.place.exits(1, &["apply", "--db", &shop.cluster.url("third")]);
    assert!(ran.err.contains("migrate::wrong_start"), "{}", ran.err);
}

#[test]
fn a_lock_that_is_not_to_be_had_is_tried_for_again_and_the_holder_named() {
    let shop = Shop::new();
    shop.query("CREATE TABLE orders (id int)");
    shop.write("pgplumb.yaml", "apply: {retries: 1, pause: 10ms}\n");
    let up = "BEGIN;\nSET LOCAL lock_timeout = '600ms';\nALTER TABLE orders ADD note text;\nCOMMIT;\n";
    shop.migration("20260101000000_note", up, None);
    let holder = "BEGIN; SET application_name = 'the long reader'; SELECT * FROM orders; SELECT pg_sleep(3)";
    let mut psql = shop.cluster.client("psql");
    let mut psql = psql.args(["-X", "-q", "-d", "shop", "-c", holder]).stdout(Stdio::null()).spawn().unwrap();
    shop.wait_for("SELECT count(*) = 1 FROM pg_locks WHERE relation = 'orders'::regclass");
    let ran = shop.exits(2, &["apply"]);
    assert!(ran.err.contains("canceling statement due to lock timeout; again in"), "{}", ran.err);
    assert!(ran.err.contains("in the way: PID") && ran.err.contains("the long reader"), "{}", ran.err);
    assert!(ran.err.contains("migrate::locked") && ran.err.contains("in 2 attempts"), "{}", ran.err);
    psql.wait().unwrap();
    shop.exits(0, &["apply"]);
}

/// The configuration, with this under `apply`, for the environments `live` and `other`.
fn configure(shop: &Shop, apply: &str) {
    let url = shop.url();
    shop.write("pgplumb.yaml", &format!("environments: {{live: {{url: '{url}'}}, other: {{url: '{url}'}}}}\n{apply}"));
}

#[test]
fn a_session_that_stands_in_the_way_for_long_is_ended_where_that_is_allowed() {
    let shop = Shop::new();
    shop.query("CREATE TABLE orders (id int)");
    let allowed = "apply: {retries: 1, pause: 10ms, environments: {live: {kill_blockers: true}}}\n";
    configure(&shop, allowed);
    let up = "BEGIN;\nSET LOCAL lock_timeout = '1s';\nALTER TABLE orders ADD note text;\nCOMMIT;\n";
    shop.migration("20260101000000_note", up, Some(&up.replace("ADD note text", "DROP note")));
    let hold = |name: &str| {
        let holder = format!("BEGIN; SET application_name = '{name}'; SELECT * FROM orders; SELECT pg_sleep(60)");
        let mut psql = shop.cluster.client("psql");
        psql.args(["-X", "-q", "-d", "shop", "-c", &holder]).stdout(Stdio::null()).stderr(Stdio::null());
        let psql = psql.spawn().unwrap();
        shop.wait_for("SELECT count(*) = 1 FROM pg_locks WHERE relation = 'orders'::regclass");
        psql
    };
    let is_there = || shop.query("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'report'");
    let mut psql = hold("report");
    let ran = shop.place.exits(1, &["apply", "--env", "other", "--kill-blockers", "older-than=1ms"]);
    assert!(ran.err.contains("gate::no_killing") && ran.err.contains("environment `other`"), "{}", ran.err);
    let ran = shop.place.exits(2, &["apply", "--env", "live", "--kill-blockers", "older-than=10min"]);
    assert!(ran.err.contains("migrate::locked") && !ran.err.contains("ended"), "{}", ran.err);
    assert_eq!(is_there(), "1");
    let arguments = ["apply", "--env", "live", "--kill-blockers", "older-than=10ms", "--events", "events"];
    let ran = shop.place.exits(0, &arguments);
    assert!(ran.err.contains("  ended: PID ") && ran.err.contains("report, whose transaction was"), "{}", ran.err);
    assert!(shop.place.read("events").contains("\"event\":\"ended\",\"pid\":"));
    assert_eq!(is_there(), "0");
    psql.wait().unwrap();

    // Who may not end a superuser's session says so, and waits as ever.
    shop.query(
        "CREATE ROLE deployer LOGIN; GRANT ALL ON SCHEMA public, pgplumb TO deployer; \
                GRANT ALL ON ALL TABLES IN SCHEMA pgplumb TO deployer; ALTER TABLE orders OWNER TO deployer",
    );
    let url = shop.url().replacen("postgres@", "deployer@", 1);
    let mut psql = hold("report");
    shop.write("pgplumb.yaml", "apply: {retries: 0, kill_blockers: true}\n");
    let back = ["rollback", "--yes", "--force", "drift", "--allow", "all", "--db", &url];
    let arguments = [&back[..], &["--kill-blockers", "older-than=10ms"]].concat();
    let ran = shop.place.exits(2, &arguments);
    assert!(ran.err.contains("note: nobody in the way can be ended: the role may not see"), "{}", ran.err);
    shop.query("GRANT pg_read_all_stats TO deployer");
    let ran = shop.place.exits(2, &arguments);
    assert!(ran.err.contains("note: nobody in the way can be ended: must be a superuser"), "{}", ran.err);
    shop.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'report'");
    psql.wait().unwrap();
}

#[test]
fn a_deadlock_is_tried_again() {
    let shop = Shop::new();
    shop.write("pgplumb.yaml", "apply: {pause: 10ms}\n");
    shop.query("CREATE TABLE a (); CREATE TABLE b (); CREATE SEQUENCE tries");
    let up = "BEGIN;\nSELECT nextval('tries');\nDO $$ BEGIN IF currval('tries') < 3 THEN RAISE deadlock_detected; END IF; END $$;\nCOMMIT;\n";
    shop.migration("20260101000000_both", up, None);
    let ran = shop.exits(0, &["apply"]);
    assert!(ran.err.contains("(1 of 10)") && ran.err.contains("(2 of 10)"), "{}", ran.err);
}

#[test]
fn an_index_that_fails_half_way_leaves_nothing_invalid() {
    let shop = Shop::new();
    shop.query("CREATE TABLE orders (id int); INSERT INTO orders VALUES (1), (1)");
    shop.migration("20260101000000_key", "CREATE UNIQUE INDEX CONCURRENTLY orders_key ON orders (id);\n", None);
    let ran = shop.exits(2, &["apply"]);
    assert!(ran.err.contains("could not create unique index"), "{}", ran.err);
    assert_eq!(shop.query("SELECT to_regclass('orders_key') IS NULL"), "t");
    shop.query("DELETE FROM orders");
    shop.exits(0, &["apply"]);
    assert_eq!(shop.query("SELECT indisvalid FROM pg_index WHERE indexrelid = 'orders_key'::regclass"), "t");
    shop.migration("20260102000000_nameless", "CREATE INDEX CONCURRENTLY ON orders (id);\n", None);
    assert!(shop.exits(2, &["apply"]).err.contains("has no name"));
}

#[test]
fn what_refuses_a_transaction_is_run_outside_of_one() {
    let shop = Shop::new();
    let up = "CREATE TABLE t (x int PRIMARY KEY);\nVACUUM t;\nREINDEX TABLE CONCURRENTLY t;\n\
              CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO t VALUES (1); COMMIT; END $$;\nCALL p();\n";
    shop.migration("20260101000000_outside", up, None);
    shop.exits(0, &["apply"]);
    assert_eq!(shop.query("SELECT count(*) FROM t"), "1");
    let before = "SELECT string_agg(step::text, ' ' ORDER BY step) FROM pgplumb.journal JOIN pgplumb.history USING (run) \
                  WHERE id < '20261' AND before IS NOT NULL";
    assert_eq!(shop.query(before), "3");
}

#[test]
fn a_script_may_act_as_a_role_that_cannot_write_the_books() {
    let shop = Shop::new();
    shop.query("CREATE ROLE app; GRANT CREATE ON SCHEMA public TO app");
    let up = "SET ROLE app;\nBEGIN;\nCREATE TABLE mine ();\nCOMMIT;\nCREATE TABLE also ();\nRESET ROLE;\nCREATE TABLE ours ();\n";
    shop.migration("20260101000000_role", up, None);
    shop.migration("20260102000000_next", "CREATE TABLE next ();\n", None);
    shop.exits(0, &["apply"]);
    let owners = "SELECT string_agg(tablename || ' ' || tableowner, ', ' ORDER BY tablename) FROM pg_tables WHERE schemaname = 'public'";
    assert_eq!(shop.query(owners), "also app, mine app, next postgres, ours postgres");
}

#[test]
fn of_many_runners_one_applies_and_the_others_find_nothing_to_do() {
    for count in [2, 20] {
        let shop = Shop::new();
        shop.migration("20260101000000_orders", ORDERS, None);
        shop.migration(
            "20260102000000_index",
            "CREATE INDEX CONCURRENTLY i ON orders (note);\nSELECT pg_sleep(0.3);\n",
            None,
        );
        let runs: Vec<_> = thread::scope(|scope| {
            let handles: Vec<_> = (0..count).map(|_| scope.spawn(|| shop.exits(0, &["apply"]))).collect();
            handles.into_iter().map(|handle| handle.join().unwrap()).collect()
        });
        let idle = runs.iter().filter(|ran| ran.out == "nothing to apply\n").count();
        assert_eq!(idle, count - 1);
        assert!(runs.iter().any(|ran| ran.err.contains("waiting for another run: postgres, PID")), "nobody waited");
        assert_eq!(shop.query("SELECT count(*) FROM pgplumb.history WHERE id < '20261'"), "2");
    }
}

#[test]
fn who_waits_too_long_gives_up() {
    let shop = Shop::new();
    shop.write("pgplumb.yaml", "apply: {wait: 300ms}\n");
    shop.migration("20260101000000_sleep", "SELECT pg_sleep(3);\n", None);
    thread::scope(|scope| {
        let first = scope.spawn(|| shop.exits(0, &["apply"]));
        shop.wait_for("SELECT count(*) = 1 FROM pg_locks WHERE locktype = 'advisory' AND granted");
        thread::sleep(Duration::from_millis(100));
        let ran = shop.exits(2, &["apply"]);
        assert!(ran.err.contains("migrate::busy") && ran.err.contains("pgplumb on"), "{}", ran.err);
        first.join().unwrap();
    });
}

#[test]
fn the_books_of_this_repository_apply_as_any_migrations() {
    let cluster = Cluster::start().unwrap();
    cluster.create(&["books"]).unwrap();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let url = cluster.url("books");
    let done = crate::harness::program::ran(&mut crate::harness::program::pgplumb(root, &["apply", "--db", &url]));
    assert_eq!((done.code, done.out.as_str()), (Some(0), "nothing to apply\n"), "{}", done.err);
    let folders = std::fs::read_dir(root.join("generated")).unwrap().count().to_string();
    assert_eq!(
        cluster.query("books", "SELECT count(*) FROM pgplumb.history WHERE outcome = 'applied'").unwrap(),
        folders
    );
}

/// A transaction and its settings are sent at once; what is wrong is told by its line all the same.
#[test]
fn a_wrong_setting_is_told_by_its_line_and_nothing_of_a_script_outlives_it() {
    let shop = Shop::new();
    let settings = "SET LOCAL lock_timeout = '3s';\nSET LOCAL no_such_setting = 1;\n";
    shop.migration("20260101000000_wrong", &format!("BEGIN;\n{settings}CREATE TABLE one ();\nCOMMIT;\n"), None);
    let ran = shop.exits(2, &["apply"]);
    assert!(ran.err.contains("no_such_setting") && ran.err.contains("up.sql:3"), "{}", ran.err);
    assert_eq!(shop.query("SELECT to_regclass('one') IS NULL"), "t");
    let path = "SELECT pg_catalog.set_config('search_path', 'elsewhere', false);";
    let first = format!("BEGIN;\nCREATE SCHEMA elsewhere;\n{path}\nCREATE TABLE one ();\nCOMMIT;\n");
    shop.migration("20260101000000_wrong", &first, None);
    shop.migration("20260102000000_next", "BEGIN;\nCREATE TABLE two ();\nCOMMIT;\n", None);
    shop.exits(0, &["apply"]);
    assert_eq!(shop.query("SELECT to_regclass('elsewhere.one'), to_regclass('public.two')"), "elsewhere.one|two");
}
