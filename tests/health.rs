//! `health` on a real server: measures, their forms, and who waits for whom.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::harness::migrations::Shop;

/// The value and the level of a measure.
fn measure(shop: &Shop, code: i32, name: &str) -> (Value, String) {
    let text = shop.exits(code, &["health", "--format", "json"]).out;
    let schema: Value = serde_json::from_str(include_str!("../docs/schema/health.v1.json")).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let wrong: Vec<String> =
        jsonschema::validator_for(&schema).unwrap().iter_errors(&document).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:?}\n{text}");
    let measure = document["measures"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap().clone();
    (measure["value"].clone(), measure["level"].as_str().unwrap().to_owned())
}

/// A session that does this and stays.
fn session(shop: &Shop, name: &str, sql: &str) -> Child {
    let mut session = shop.cluster.client("psql");
    let mut session = session
        .args(["-X", "-q", "-d", "shop"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let text = format!("SET application_name = '{name}';\n{sql}\n");
    session.stdin.as_mut().unwrap().write_all(text.as_bytes()).unwrap();
    shop.wait_for(&format!(
        "SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = '{name}' AND xact_start IS NOT NULL"
    ));
    session
}

fn over(mut session: Child) {
    drop(session.stdin.take());
    session.wait().unwrap();
}

#[test]
fn a_database_at_rest_is_well_in_every_form() {
    let shop = Shop::new();
    let ran = shop.exits(0, &["health"]);
    for area in ["connections\n", "migrations\n", "performance\n", "locks\n"] {
        assert!(ran.out.contains(area), "{}", ran.out);
    }
    let ran = shop.exits(0, &["health", "--only", "locks", "--only", "migrations"]);
    assert!(!ran.out.contains("connections\n") && ran.out.contains("locks\n"), "{}", ran.out);
    let text = shop.exits(0, &["health", "--format", "prometheus"]).out;
    assert!(text.contains("# TYPE pgplumb_database_bytes gauge\npgplumb_database_bytes{database=\"shop\"} "), "{text}");
    assert!(text.contains("pgplumb_health_level{database=\"shop\",measure=\"migrations_failed\"} 0\n"), "{text}");
    assert!(!text.contains("replication_lag"), "what is not there is not measured: {text}");
    assert_eq!(shop.exits(0, &["health", "locks"]).out, "nobody waits for anybody\n");
    assert_eq!(shop.query("SELECT to_regnamespace('pgplumb') IS NULL"), "t", "it only looks");
    let place = crate::harness::place::Place::new();
    place.exits(2, &["health", "--db", "postgresql://me@127.0.0.1:1/shop"]);
}

#[test]
fn what_is_the_matter_has_a_level() {
    let shop = Shop::new();
    shop.migration("20260101000000_bad", "SELECT 1 / 0;\n", None);
    assert_eq!(measure(&shop, 0, "migrations_pending"), (1.0.into(), "info".to_owned()));
    shop.exits(2, &["apply"]);
    assert_eq!(measure(&shop, 1, "migrations_failed"), (1.0.into(), "critical".to_owned()));
    shop.write("pgplumb.yaml", "health: {connections: 1, idle_in_transaction: 1s}\n");
    let idle = session(&shop, "idle", "BEGIN; SELECT 1;");
    shop.wait_for("SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'idle' AND clock_timestamp() - state_change > '1.5 s'");
    assert_eq!(measure(&shop, 1, "longest_idle_in_transaction_seconds").1, "warning");
    assert_eq!(measure(&shop, 1, "connections_used_ratio").1, "critical", "one of forty is more than one percent");
    over(idle);
}

#[test]
fn who_waits_stands_below_whom_he_waits_for_and_can_be_freed() {
    let shop = Shop::new();
    shop.query("CREATE TABLE orders (id int)");
    shop.write("pgplumb.yaml", "health: {lock_wait: 500ms}\n");
    let holds = session(&shop, "holds", "BEGIN; LOCK TABLE orders;");
    let waits = session(&shop, "waits", "SELECT 'row data' FROM orders;");
    let pid = |name: &str| shop.query(&format!("SELECT pid FROM pg_stat_activity WHERE application_name = '{name}'"));
    let (holder, waiter) = (pid("holds"), pid("waits"));
    shop.wait_for("SELECT count(*) = 1 FROM pg_locks WHERE NOT granted AND clock_timestamp() - waitstart > '0.6 s'");
    assert_eq!(measure(&shop, 1, "lock_waiters"), (1.0.into(), "warning".to_owned()));
    let ran = shop.exits(1, &["health", "locks"]);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert!(lines[0].starts_with(&format!("PID {holder}, postgres, holds, idle in transaction, ")), "{}", ran.out);
    assert!(lines[1].starts_with(&format!("  PID {waiter}, postgres, waits, active, ")), "{}", ran.out);
    assert!(lines[1].contains(" for AccessShareLock on orders") && !ran.out.contains("row data"), "{}", ran.out);
    let ran = shop.exits(1, &["health", "locks", "--cancel", &waiter]);
    assert!(ran.err.contains("say so with `--yes`"), "{}", ran.err);
    shop.exits(0, &["health", "locks", "--cancel", &waiter, "--yes"]);
    shop.wait_for("SELECT count(*) = 0 FROM pg_locks WHERE NOT granted");
    assert_eq!(
        shop.exits(0, &["health", "locks", "--end", &holder, "--yes"]).out,
        format!("told PID {holder} to end\n")
    );
    shop.wait_for("SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name = 'holds'");
    over(holds);
    over(waits);
    let ran = shop.exits(2, &["health", "locks", "--end", &holder, "--yes"]);
    assert!(ran.err.contains("command::no_session"), "{}", ran.err);
}

#[test]
fn it_looks_again_and_again_where_it_is_asked_to() {
    let shop = Shop::new();
    let url = shop.url();
    let mut command = Command::new(env!("CARGO_BIN_EXE_pgplumb"));
    command.args(["health", "--watch", "1", "--only", "locks", "--db", &url]).current_dir(shop.place.path());
    let mut watch = command.stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(watch.stdout.take().unwrap()).lines();
    let pages = lines.map(Result::unwrap).filter(|line| line == "locks").take(3).count();
    watch.kill().unwrap();
    watch.wait().unwrap();
    assert_eq!(pages, 3);
}
