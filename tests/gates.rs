//! What stands before a run and after it, as a person meets it: windows, an approval, checks, on a real server.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use jiff::{Timestamp, ToSpan, tz::TimeZone};

use crate::harness::migrations::Shop;

const ORDERS: &str = "CREATE TABLE orders (id bigint PRIMARY KEY, note text);\n";

/// The configuration, with this under `apply`.
fn configure(shop: &Shop, apply: &str) {
    let url = shop.url();
    shop.write("pgplumb.yaml", &format!("environments: {{live: {{url: '{url}'}}}}\napply:\n{apply}"));
}

fn is_there(shop: &Shop, table: &str) -> bool {
    shop.query(&format!("SELECT to_regclass('{table}') IS NOT NULL")) == "t"
}

#[test]
fn checks_that_hold_are_asked_after_the_run_and_say_nothing() {
    let shop = Shop::new();
    configure(
        &shop,
        "  checks:\n    - {name: is there, sql: \"SELECT to_regclass('orders') IS NOT NULL\"}\n    \
         - {name: program, command: [sh, -c, 'echo noise; echo ran >> ran']}\n",
    );
    shop.migration("20260101000000_orders", ORDERS, None);
    let ran = shop.exits(0, &["apply"]);
    assert!(!ran.err.contains("noise") && !ran.err.contains("is there"), "{}", ran.err);
    shop.exits(0, &["apply"]);
    assert_eq!(shop.place.read("ran"), "ran\n", "asked where nothing was run");
    shop.migration("20260102000000_more", "CREATE TABLE more ();\n", None);
    let ran = shop.exits(0, &["apply", "--verbose"]);
    assert!(ran.err.contains("the check `program` holds") && !ran.err.contains("noise"), "{}", ran.err);
}

#[test]
fn a_check_that_fails_is_told_with_what_it_wrote_and_what_was_applied_stays() {
    let shop = Shop::new();
    configure(
        &shop,
        "  checks:\n    - {name: no, sql: SELECT false}\n    - {name: unknown, sql: SELECT NULL::boolean}\n    \
         - {name: many, sql: 'SELECT true FROM generate_series(1, 2)'}\n    - {name: number, sql: SELECT 1}\n    \
         - {name: writes, sql: \"INSERT INTO orders VALUES (1) RETURNING true\"}\n    \
         - {name: ends it, sql: 'COMMIT; DROP TABLE orders'}\n    \
         - {name: slow, sql: SELECT true FROM pg_sleep(60), timeout: 200ms}\n    \
         - {name: program, command: [sh, -c, 'echo what is wrong >&2; exit 7']}\n    - {name: fine, sql: SELECT true}\n",
    );
    shop.migration("20260101000000_orders", ORDERS, Some("DROP TABLE orders;\n"));
    let ran = shop.exits(1, &["apply"]);
    for told in [
        "gate::check_failed",
        "8 checks failed after the run",
        "`no`: it gives false",
        "`unknown`: it gives NULL",
        "`many`: it gives 2 rows",
        "`number`: what it gives is no boolean",
        "read-only transaction",
        "`slow`: ",
        "statement timeout",
        "`program`: `sh` ends with 7",
        "what is wrong",
        "`pgplumb rollback 1`",
    ] {
        assert!(ran.err.contains(told), "{told}: {}", ran.err);
    }
    assert!(!ran.err.contains("`fine`") && is_there(&shop, "orders"), "{}", ran.err);
    assert_eq!(shop.query("SELECT count(*) FROM orders"), "0");
}

#[test]
fn a_check_is_asked_again_after_a_pause() {
    let shop = Shop::new();
    configure(
        &shop,
        "  checks:\n    - {name: third, command: [sh, -c, 'echo x >> tries; test $(wc -l < tries) -ge 3'], retries: 3, pause: 10ms}\n",
    );
    shop.migration("20260101000000_orders", ORDERS, None);
    let ran = shop.exits(0, &["apply"]);
    assert!(ran.err.contains("the check `third` does not hold yet") && ran.err.contains("(2 of 3)"), "{}", ran.err);
    assert_eq!(shop.place.read("tries"), "x\nx\nx\n");
}

/// A service on this machine that gives these answers, one after the other; the address has a secret.
fn service(answers: &'static [&'static str]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4096]).unwrap();
            stream.write_all(format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n").as_bytes()).unwrap();
        }
    });
    format!("http://{address}/health?token=hush")
}

#[test]
fn a_service_is_asked_until_it_answers_well() {
    let shop = Shop::new();
    let url = service(&["503 Service Unavailable", "200 OK", "500 Internal Server Error"]);
    let check = format!("  checks: [{{name: shop, http: '{url}', retries: 1, pause: 10ms}}]\n");
    configure(&shop, &check);
    shop.migration("20260101000000_orders", ORDERS, None);
    let ran = shop.exits(0, &["apply"]);
    assert!(ran.err.contains("does not hold yet: it answers 503 Service Unavailable"), "{}", ran.err);
    configure(&shop, &check.replace("retries: 1", "retries: 0"));
    shop.migration("20260102000000_more", "CREATE TABLE more ();\n", None);
    let ran = shop.exits(1, &["apply"]);
    assert!(ran.err.contains("`shop`: it answers 500") && !ran.err.contains("hush"), "{}", ran.err);
}

#[test]
fn what_a_run_applied_and_no_more_is_rolled_back() {
    let shop = Shop::new();
    shop.write("schema/orders.sql", ORDERS);
    shop.plan(&["--name", "orders"]);
    shop.exits(0, &["apply"]);
    let fingerprint = "SELECT encode(fingerprint, 'hex') FROM pgplumb.state";
    let before = shop.query(fingerprint);
    shop.query("INSERT INTO orders VALUES (1, 'kept')");
    shop.write("schema/more.sql", "CREATE TABLE more (id int PRIMARY KEY);\n");
    shop.plan_replayed(&["--name", "more"]);
    shop.write("schema/index.sql", "CREATE INDEX by_note ON orders (note);\n");
    shop.plan_replayed(&["--name", "index"]);
    configure(&shop, "  on_failure: rollback\n  checks: [{name: no, sql: SELECT false}]\n");
    let ran = shop.exits(1, &["apply"]);
    assert!(ran.err.contains("gate::rolled_back") && ran.err.contains(&before[..8]), "{}", ran.err);
    let lines: Vec<&str> = ran.out.lines().map(|line| line.split("  ").next().unwrap_or_default()).collect();
    let [first, second, third, fourth] = lines[..] else { panic!("{}", ran.out) };
    assert!(first.starts_with("applied") && first.ends_with("more") && second.ends_with("index"), "{}", ran.out);
    assert!(third.starts_with("rolled back") && third.ends_with("index") && fourth.ends_with("more"), "{}", ran.out);
    assert!(!is_there(&shop, "more") && !is_there(&shop, "by_note"));
    assert_eq!((shop.query(fingerprint), shop.query("SELECT note FROM orders")), (before, "kept".to_owned()));
    // It is due again, and goes through where the check holds.
    configure(&shop, "  on_failure: rollback\n  checks: [{name: yes, sql: SELECT true}]\n");
    shop.exits(0, &["apply"]);
    assert!(is_there(&shop, "more") && is_there(&shop, "by_note"));
}

#[test]
fn what_would_lose_something_is_not_rolled_back_by_itself() {
    let shop = Shop::new();
    shop.query("CREATE TABLE orders (id bigint PRIMARY KEY, note text)");
    configure(&shop, "  on_failure: rollback\n  checks: [{name: no, sql: SELECT false}]\n");
    shop.migration("20260101000000_one_way", "CREATE TABLE one_way ();\n", None);
    let ran = shop.exits(2, &["apply"]);
    assert!(ran.err.contains("gate::not_rolled_back") && ran.err.contains("it has no down"), "{}", ran.err);
    let unmeasured = ("ALTER TABLE orders DROP note;\n", Some("ALTER TABLE orders ADD note text;\n"));
    shop.migration("20260102000000_drop", unmeasured.0, unmeasured.1);
    let ran = shop.exits(2, &["apply"]);
    assert!(ran.err.contains("does not bring everything back"), "{}", ran.err);
    assert!(ran.err.contains("20260102000000_drop") && !ran.out.contains("rolled back"), "{}{}", ran.out, ran.err);
    assert!(is_there(&shop, "one_way"));
    assert_eq!(
        shop.query("SELECT count(*) FROM pg_attribute WHERE attname = 'note' AND attrelid = 'orders'::regclass"),
        "0"
    );
}

#[test]
fn a_rollback_that_does_not_lead_back_is_told() {
    let shop = Shop::new();
    configure(&shop, "  on_failure: rollback\n  checks: [{name: no, sql: SELECT false}]\n");
    // A head that says more than is true.
    let up = "-- a (up)\n-- from 00000000 to 11111111, PostgreSQL 15, proven up and down, down lossless\n\nCREATE TABLE a ();\nCREATE TABLE b ();\n";
    shop.migration("20260101000000_a", up, Some("DROP TABLE a;\n"));
    let ran = shop.exits(2, &["apply", "--force", "drift"]);
    assert!(ran.err.contains("gate::not_restored") && is_there(&shop, "b") && !is_there(&shop, "a"), "{}", ran.err);
}

#[test]
fn what_an_earlier_run_began_is_not_rolled_back_by_itself() {
    let shop = Shop::new();
    configure(&shop, "  on_failure: rollback\n  checks: [{name: no, sql: SELECT false}]\n");
    let head = "-- a (up)\n-- from 00000000 to 11111111, PostgreSQL 15, proven up and down, down lossless\n\n";
    let down = Some("DROP TABLE a, b;\n");
    shop.migration("20260101000000_a", &format!("{head}CREATE TABLE a ();\nSELECT 1 / 0;\n"), down);
    shop.exits(2, &["apply", "--force", "drift"]);
    shop.migration("20260101000000_a", &format!("{head}CREATE TABLE a ();\nCREATE TABLE b ();\n"), down);
    let ran = shop.exits(2, &["apply", "--force", "drift"]);
    assert!(
        ran.err.contains("gate::not_rolled_back") && ran.err.contains("earlier run began `20260101000000_a`"),
        "{}",
        ran.err
    );
    assert!(is_there(&shop, "a") && is_there(&shop, "b"));
}

/// A day on which no test runs, as `days` has it.
fn another_day() -> String {
    let day = Timestamp::now().to_zoned(TimeZone::UTC).checked_add(3.days()).unwrap();
    day.strftime("%a").to_string().to_lowercase()
}

#[test]
fn outside_of_the_windows_nothing_runs_unless_it_is_forced() {
    let shop = Shop::new();
    let windows = format!("  windows: [{{days: [{}], from: 22:00, to: 23:00}}]\n", another_day());
    configure(&shop, &windows);
    assert_eq!(shop.exits(0, &["apply"]).out, "nothing to apply\n");
    shop.migration("20260101000000_orders", ORDERS, Some("DROP TABLE orders;\n"));
    let ran = shop.exits(1, &["apply", "--yes"]);
    assert!(ran.err.contains("gate::window") && ran.err.contains("22:00 UTC"), "{}", ran.err);
    assert!(!is_there(&shop, "orders"));
    shop.exits(0, &["apply", "--dry-run"]);
    shop.exits(0, &["apply", "--force", "window"]);
    assert_eq!(shop.exits(0, &["apply"]).out, "nothing to apply\n");
    let back = ["rollback", "--allow", "down-lossy"];
    let ran = shop.exits(1, &back);
    assert!(ran.err.contains("gate::window") && is_there(&shop, "orders"), "{}", ran.err);
    shop.exits(0, &[&back[..], &["--force", "window"]].concat());
    assert_eq!(shop.exits(0, &["rollback"]).out, "nothing to roll back\n");
    // Open in this environment, and closed without it.
    configure(&shop, &format!("{windows}  environments: {{live: {{windows: [{{zone: Asia/Tokyo}}]}}}}\n"));
    shop.exits(1, &["apply"]);
    shop.place.exits(0, &["apply", "--env", "live"]);
    assert!(is_there(&shop, "orders"));
}

/// The hash that a dry run prints.
fn hash(shop: &Shop, arguments: &[&str]) -> String {
    let ran = shop.place.exits(0, &[&["apply", "--dry-run"], arguments].concat());
    ran.out.lines().find_map(|line| line.strip_prefix("approval ")).unwrap_or_default().to_owned()
}

#[test]
fn an_approval_is_for_exactly_what_is_due() {
    let shop = Shop::new();
    let live = &["--env", "live"];
    let refused = |more: &[&str], code: &str| {
        let ran = shop.place.exits(1, &[&["apply"], &live[..], more].concat());
        assert!(ran.err.contains(code), "{}", ran.err);
        assert!(!is_there(&shop, "orders"));
    };
    configure(&shop, "  environments: {live: {approval: true}}\n");
    shop.place.exits(0, &["apply", "--env", "live"]);
    shop.migration("20260101000000_orders", ORDERS, Some("DROP TABLE orders;\n"));
    let approved = hash(&shop, live);
    assert_eq!(approved.len(), 64);
    assert_eq!(hash(&shop, live), approved);
    refused(&[], "gate::not_approved");
    refused(&["--approval", "0123"], "gate::other_approval");
    // An edited up, an edited down, one more migration.
    shop.migration("20260101000000_orders", "CREATE TABLE orders ();\n", None);
    refused(&["--approval", &approved], "gate::other_approval");
    shop.migration("20260101000000_orders", ORDERS, Some("DROP TABLE orders CASCADE;\n"));
    refused(&["--approval", &approved], "gate::other_approval");
    shop.migration("20260101000000_orders", ORDERS, Some("DROP TABLE orders;\n"));
    shop.migration("20260102000000_more", "CREATE TABLE more ();\n", None);
    refused(&["--approval", &approved], "gate::other_approval");
    // Of what was approved alone, it is the same.
    shop.place.exits(0, &["apply", "--env", "live", "--to", "orders", "--approval", &approved]);
    assert!(is_there(&shop, "orders") && !is_there(&shop, "more"));
    let next = hash(&shop, live);
    assert_ne!(next, approved);
    shop.place.exits(0, &["apply", "--env", "live", "--approval", &next]);
    assert_eq!(shop.place.exits(0, &["apply", "--env", "live", "--approval", &next]).out, "nothing to apply\n");
}

#[test]
fn an_approval_is_for_one_database() {
    let shop = Shop::new();
    shop.cluster.create(&["second"]).unwrap();
    shop.write("pgplumb.yaml", "apply: {approval: true}\n");
    shop.migration("20260101000000_orders", ORDERS, None);
    let (first, second) = (shop.url(), shop.cluster.url("second"));
    let approved = hash(&shop, &["--db", &first]);
    let ran = shop.place.exits(1, &["apply", "--db", &second, "--approval", &approved]);
    assert!(ran.err.contains("gate::other_approval"), "{}", ran.err);
    // Where none is needed, one that is given holds all the same.
    shop.write("pgplumb.yaml", "");
    shop.place.exits(1, &["apply", "--db", &second, "--approval", &approved]);
    assert_eq!(shop.cluster.query("second", "SELECT to_regclass('orders') IS NULL").unwrap(), "t");
    shop.place.exits(0, &["apply", "--db", &first, "--approval", &approved]);
}

#[test]
fn what_was_cut_off_is_finished_with_an_approval_too() {
    let shop = Shop::new();
    shop.migration("20260101000000_two", "CREATE TABLE one ();\nSELECT 1 / 0;\n", None);
    shop.exits(2, &["apply"]);
    shop.write("pgplumb.yaml", "apply: {approval: true}\n");
    shop.migration("20260101000000_two", "CREATE TABLE one ();\nCREATE TABLE two ();\n", None);
    let ran = shop.exits(1, &["resume"]);
    assert!(ran.err.contains("gate::not_approved") && !is_there(&shop, "two"), "{}", ran.err);
    let url = shop.url();
    let approved = hash(&shop, &["--db", &url]);
    shop.exits(0, &["apply", "--approval", &approved]);
    assert!(is_there(&shop, "two"));
}

#[test]
fn many_databases_have_their_gates_each() {
    let shop = Shop::new();
    shop.cluster.create(&["second"]).unwrap();
    let (first, second) = (shop.url(), shop.cluster.url("second"));
    shop.write("targets", &format!("first {first}\nsecond {second}\n"));
    let checks = format!(
        "on_failure: rollback, checks: [{{name: here, sql: \"SELECT current_database() = 'shop'\"}}], windows: [{{days: [{}]}}]",
        another_day()
    );
    shop.write("pgplumb.yaml", &format!("apply: {{approval: true, {checks}}}\nfleet: {{max_failures: 0}}\n"));
    shop.write("schema/orders.sql", ORDERS);
    shop.plan(&["--name", "orders"]);
    let all = &["apply", "--targets", "targets"];
    let approvals: Vec<String> = {
        let ran = shop.place.exits(0, &[&all[..], &["--dry-run"]].concat());
        ran.err.lines().filter_map(|line| Some(line.split_once(": approval ")?.1.to_owned())).collect()
    };
    let [one, other] = &approvals[..] else { panic!("{approvals:?}") };
    assert_ne!(one, other);
    let both = ["--approval", one, "--approval", other];
    let ran = shop.place.exits(1, &[&all[..], &both].concat());
    assert_eq!(ran.err.matches("gate::window").count(), 2, "{}", ran.err);
    let forced = ["--force", "window"];
    let ran = shop.place.exits(1, &[&all[..], &forced, &both[..2]].concat());
    assert_eq!(ran.err.matches("gate::other_approval").count(), 1, "{}", ran.err);
    let ran = shop.place.exits(1, &[&all[..], &forced, &both].concat());
    let told = format!("{}{}", ran.out, ran.err);
    assert!(is_there(&shop, "orders"), "{told}");
    let gone = shop.cluster.query("second", "SELECT to_regclass('orders') IS NULL").unwrap();
    assert_eq!(gone, "t", "{told}");
    assert!(ran.err.contains("second: rolled back") && ran.err.contains("gate::rolled_back"), "{told}");
}

#[test]
fn a_check_that_hangs_does_not_hold_up_the_run() {
    let shop = Shop::new();
    configure(&shop, "  checks: [{name: hangs, command: [sh, -c, 'sleep 600 & wait'], timeout: 300ms}]\n");
    shop.migration("20260101000000_orders", ORDERS, None);
    let start = std::time::Instant::now();
    let ran = shop.exits(1, &["apply"]);
    assert!(ran.err.contains("took longer than 300ms"), "{}", ran.err);
    assert!(start.elapsed() < Duration::from_secs(60));
}

const FILLED: &str = "INSERT INTO old SELECT generate_series(1, 20000); INSERT INTO big TABLE old; ANALYZE old, big";

/// Two tables that are large, and two environments that are the same database.
fn with_rules(lint: &str) -> Shop {
    let shop = Shop::new();
    let url = shop.url();
    shop.write(
        "pgplumb.yaml",
        &format!("environments: {{live: {{url: '{url}'}}, test: {{url: '{url}'}}, off: {{url: '{url}'}}}}\n{lint}"),
    );
    shop.query("CREATE TABLE old (n int); CREATE TABLE big (n int); CREATE TABLE small (n int)");
    shop.query(FILLED);
    shop
}

#[test]
fn what_lint_has_against_what_is_due_is_not_run_in_an_environment() {
    let shop = with_rules("");
    shop.migration("20260101000000_old", "CREATE TABLE new ();\nDROP TABLE old;\n", None);
    for verb in [&["apply", "--env", "live", "--dry-run"][..], &["apply", "--env", "live"]] {
        let ran = shop.place.exits(1, verb);
        for told in ["gate::lint", "1 finding of `lint`", "up.sql:2: drop-table: ", "nothing was run"] {
            assert!(ran.err.contains(told), "{told}: {}", ran.err);
        }
    }
    assert!(is_there(&shop, "old") && !is_there(&shop, "new") && !is_there(&shop, "pgplumb.history"));
    shop.place.exits(1, &["apply", "--env", "live", "--allow", "drop-table:other"]);
    shop.place.exits(0, &["apply", "--env", "live", "--allow", "drop-table:old"]);
    assert!(!is_there(&shop, "old"));

    // Of a table that is large here, and of one that is not; what an earlier migration makes is new.
    shop.migration("20260102000000_more", "CREATE TABLE more (n int);\nCREATE INDEX ON small (n);\n", None);
    shop.migration("20260103000000_index", "CREATE INDEX ON more (n);\nCREATE INDEX big_n ON big (n);\n", None);
    let ran = shop.place.exits(1, &["apply", "--env", "live"]);
    assert!(ran.err.contains("up.sql:2: index-not-concurrent: ") && ran.err.contains("1 finding"), "{}", ran.err);
    assert!(!is_there(&shop, "more"), "the one before it was run");
    shop.place.exits(0, &["apply", "--env", "live", "--force", "lint"]);
    assert!(is_there(&shop, "big_n"));
}

#[test]
fn the_level_of_the_environment_counts_and_what_was_let_through_stays_so() {
    let shop = with_rules(
        "lint: {environments: {test: {drop-table: warning}}}\napply: {environments: {off: {lint: false}}}\n",
    );
    let because = "-- pgplumb: allow drop-table because nobody reads it\nDROP TABLE old;\n";
    shop.migration("20260101000000_old", because, None);
    shop.place.exits(0, &["apply", "--env", "live"]);
    let again = || shop.query("CREATE TABLE old (n int); INSERT INTO old TABLE big; ANALYZE old");
    again();
    shop.migration("20260102000000_old", "DROP TABLE old;\n", None);
    let ran = shop.place.exits(1, &["apply", "--env", "live", "--force", "drift"]);
    assert!(ran.err.contains("gate::lint"), "{}", ran.err);
    shop.place.exits(0, &["apply", "--env", "test", "--force", "drift"]);
    assert!(!is_there(&shop, "old"));
    again();
    shop.migration("20260103000000_old", "DROP TABLE old;\n", None);
    shop.place.exits(0, &["apply", "--env", "off", "--force", "drift"]);
    again();
    shop.migration("20260104000000_old", "DROP TABLE old;\n", None);
    // Nobody named an environment, and nobody asked.
    shop.exits(0, &["apply", "--force", "drift"]);
    assert!(!is_there(&shop, "old"));
}

#[test]
fn what_a_plan_was_allowed_is_not_asked_again_until_somebody_edits_it() {
    let shop = with_rules("apply: {lint: true}\n");
    shop.write("schema/big.sql", "CREATE TABLE big (n int);\nCREATE TABLE small (n int);\n");
    shop.exits(0, &["plan", "--schema", "schema", "--allow", "drop-table:old", "--allow", "down-lossy:old"]);
    let planned = std::fs::read_dir(shop.place.path().join("generated")).unwrap().flatten().next().unwrap().path();
    let up = std::fs::read_to_string(planned.join("up.sql")).unwrap();
    std::fs::write(planned.join("up.sql"), format!("{up}-- edited\n")).unwrap();
    let ran = shop.exits(1, &["apply"]);
    assert!(ran.err.contains("gate::lint") && ran.err.contains("drop-table"), "{}", ran.err);
    std::fs::write(planned.join("up.sql"), up).unwrap();
    shop.exits(0, &["apply"]);
    assert!(!is_there(&shop, "old"));
}
