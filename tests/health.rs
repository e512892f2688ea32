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

/// A row of the view: its value, where it has one, and its level.
fn viewed(shop: &Shop, name: &str) -> (Option<f64>, String) {
    let text = shop
        .query(&format!("SELECT coalesce(value::text, '-') || ' ' || level FROM pgplumb.health WHERE name = '{name}'"));
    let (value, level) = text.split_once(' ').unwrap();
    (value.parse().ok(), level.to_owned())
}

#[test]
fn a_view_shows_the_same_to_who_reads_sql() {
    let shop = Shop::new();
    shop.migration(
        "20260101000000_t",
        "CREATE TABLE t AS SELECT g, repeat('x', 100) AS x FROM generate_series(1, 80000) AS g;\n",
        None,
    );
    shop.exits(0, &["apply"]);
    shop.migration("20260102000000_bad", "SELECT 1 / 0;\n", None);
    shop.exits(2, &["apply"]);
    shop.query("INSERT INTO pgplumb.size VALUES (now() - interval '2 days', 'public.t', 1000000)");
    let holds = session(&shop, "holds", "BEGIN; LOCK TABLE pgplumb.repair;");
    let waits = session(&shop, "waits", "SELECT FROM pgplumb.repair;");
    shop.wait_for("SELECT count(*) = 1 FROM pg_locks WHERE NOT granted");
    let text = shop.exits(1, &["health", "--format", "json"]).out;
    let document: Value = serde_json::from_str(&text).unwrap();
    let mut names = Vec::new();
    for one in document["measures"].as_array().unwrap() {
        let text = |field: &str| one[field].as_str().unwrap();
        // What is due, and whether a file was edited, only the files can tell.
        if ["migrations_pending", "migrations_changed"].contains(&text("name")) {
            continue;
        }
        names.push(format!("{} {} {}", text("area"), text("name"), text("what")));
        let (value, level) = viewed(&shop, text("name"));
        assert_eq!(level, text("level"), "{one}");
        // The others are another moment later.
        if !text("name").ends_with("_seconds")
            && !["connections_used_ratio", "database_bytes", "cache_hit_ratio"].contains(&text("name"))
        {
            assert_eq!(value, one["value"].as_f64(), "{one}");
        }
    }
    assert_eq!(
        shop.query("SELECT string_agg(area || ' ' || name || ' ' || what, E'\\n') FROM pgplumb.health"),
        names.join("\n")
    );
    assert_eq!(viewed(&shop, "migrations_failed"), (Some(1.0), "critical".to_owned()));
    assert_eq!(viewed(&shop, "lock_waiters").0, Some(1.0));
    let (ratio, level) = viewed(&shop, "table_growth_ratio");
    assert!(ratio.unwrap() > 7.0 && level == "warning", "{ratio:?} {level}");
    let message = shop.query("SELECT message FROM pgplumb.health WHERE name = 'table_growth_ratio'");
    let said = document["measures"].as_array().unwrap().iter().find(|one| one["name"] == "table_growth_ratio").unwrap();
    assert_eq!(said["said"], message.as_str());
    over(holds);
    over(waits);
}

#[test]
fn sizes_are_remembered_where_that_may_be_and_growth_is_told() {
    const REPORTS: &str = "SELECT count(DISTINCT at) || ' ' || count(*) FROM pgplumb.size";
    let shop = Shop::new();
    shop.migration("20260101000000_t", "CREATE TABLE t (n int, x text);\nCREATE TABLE u ();\n", None);
    shop.exits(0, &["apply"]);
    shop.query("CREATE ROLE reader LOGIN; ALTER ROLE reader SET default_transaction_read_only = on");
    for url in
        [shop.url().replace("postgres@", "reader@"), shop.url() + "&options=-cdefault_transaction_read_only%3Don"]
    {
        shop.place.exits(0, &["health", "--only", "performance", "--db", &url]);
        assert_eq!(shop.query(REPORTS), "0 0");
    }
    shop.exits(0, &["health", "--only", "locks"]);
    assert_eq!(shop.query(REPORTS), "0 0", "they are no part of that");
    let ran = shop.exits(0, &["health"]);
    assert!(ran.out.contains("there is no earlier report"), "{}", ran.out);
    shop.exits(0, &["health"]);
    shop.exits(0, &["verify", "--performance"]);
    assert_eq!(shop.query(REPORTS), "1 2", "at most one in an hour");

    shop.query("UPDATE pgplumb.size SET at = at - interval '2 hours'");
    shop.query("INSERT INTO t SELECT g, repeat('x', 100) FROM generate_series(1, 80000) AS g");
    assert_eq!(measure(&shop, 1, "table_growth_ratio").1, "warning");
    let ran = shop.exits(1, &["verify", "--performance"]);
    let told = ran.out.lines().find(|line| line.contains("table-growth")).unwrap_or_default();
    assert!(told.contains("warning") && told.contains("public.t: ") && told.contains(" more than on "), "{}", ran.out);
    assert_eq!(shop.query(REPORTS), "2 4");
    shop.write("pgplumb.yaml", "health: {growth: 4000000000}\n");
    assert_eq!(measure(&shop, 0, "table_growth_ratio").1, "info");

    // Of old days the last report stays, of very old ones none.
    shop.query(
        "DELETE FROM pgplumb.size;
         INSERT INTO pgplumb.size
         SELECT date_trunc('day', now()) - make_interval(days => d, hours => -h), 'public.t', h
         FROM generate_series(1, 100) AS d, generate_series(1, 3) AS h",
    );
    shop.exits(0, &["health"]);
    let kept = shop.query("SELECT count(*) FILTER (WHERE bytes = 3) || ' ' || count(*) FILTER (WHERE bytes < 3) FROM pgplumb.size WHERE at < now() - interval '3 days'");
    let (last, others) = kept.split_once(' ').unwrap();
    assert_eq!(others, "0");
    assert!((86..=88).contains(&last.parse::<i32>().unwrap()), "{kept}");
}

#[test]
fn a_table_that_is_locked_keeps_nobody_waiting() {
    let shop = Shop::new();
    shop.query("CREATE TABLE orders (id int PRIMARY KEY); CREATE TABLE more (); INSERT INTO orders VALUES (1)");
    let holds = session(&shop, "holds", "BEGIN; LOCK TABLE orders;");
    let ran = shop.exits(0, &["health"]);
    assert!(ran.out.contains("public.more, 0 bytes"), "{}", ran.out);
    over(holds);
    assert!(shop.exits(0, &["health"]).out.contains("public.orders, "));
}
