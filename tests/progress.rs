//! How far a step is, while it is at work: what Postgres counts, whom it waits for, and nothing of what is over soon.

use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::events::lines;
use crate::harness::cluster::Cluster;
use crate::harness::migrations::Shop;
use crate::harness::other::Other;
use crate::harness::place::Place;
use crate::harness::program::pgplumb;
use crate::harness::terminal::Terminal;
use crate::logs::{events, last};

const ID: &str = "20260101000000_slow";

/// A table of a hundred blocks, and a function that takes its time with each of their rows.
const SLOW: &str = "CREATE TABLE big (n int, filler text);
ALTER TABLE big ALTER filler SET STORAGE PLAIN;
INSERT INTO big SELECT n, repeat('x', 7000) FROM generate_series(1, 100) AS n;
CREATE FUNCTION slow(n int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.025); RETURN n; END';
ANALYZE big;";

/// `apply` in the background, with its events in `run.ndjson`.
fn applying(shop: &Shop) -> Child {
    let url = shop.url();
    let mut command = pgplumb(shop.place.path(), &["apply", "--db", &url, "--events", "run.ndjson"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

#[track_caller]
fn err(run: Child) -> String {
    let output = run.wait_with_output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{err}");
    err
}

/// What was told of this step while it was at work.
fn told(shop: &Shop, event: &str, number: i32) -> Vec<Value> {
    let all = lines(&shop.place.read("run.ndjson")).into_iter().filter(|(name, _)| name == event);
    all.map(|(_, value)| value).filter(|value| value["number"] == number).collect()
}

#[test]
fn who_keeps_an_index_build_waiting_is_said_while_it_waits() {
    let shop = Shop::new();
    shop.query("CREATE TABLE source (id int); INSERT INTO source VALUES (471147114)");
    shop.migration(ID, "CREATE INDEX CONCURRENTLY source_id ON source (id, (id + 815815815));\n", None);
    let other = Other::new(&shop, "BEGIN; UPDATE source SET id = id + 42; SELECT 'other', pg_sleep(100)");
    let (run, start) = (applying(&shop), Instant::now());
    // Said at first, and again where nothing has changed.
    while !shop.place.path().join("run.ndjson").exists() || told(&shop, "progress", 1).len() < 2 {
        assert!(start.elapsed() < Duration::from_secs(60), "it says nothing");
        sleep(Duration::from_millis(200));
    }
    sleep(Duration::from_millis(300));
    other.end(&shop);
    let err = err(run);
    let held = told(&shop, "held", 1);
    assert_eq!(held.len(), 1, "{held:?}");
    let holder = &held[0]["holders"][0];
    assert_eq!(
        (&holder["user"], &holder["application"], &holder["state"]),
        (&json!("postgres"), &json!("psql"), &json!("active"))
    );
    assert!(holder["seconds"].as_i64().unwrap() >= 4, "{holder}");
    let told = told(&shop, "progress", 1);
    let first = &told[0];
    assert_eq!(first["phase"], "waiting for writers before build");
    assert_eq!((&first["lockers"], &first["table"]), (&json!({"done": 0, "of": 1}), &json!("public.source")));
    assert!(told.len() <= 5, "said too often: {told:?}");
    let line = "  step 1: CREATE INDEX CONCURRENTLY on public.source: waiting for writers before build, 0 of 1 \
                transactions, 1";
    assert_eq!(err.matches(line).count(), 1, "{err}");
    assert_eq!(err.matches("  step 1 waits for others to end\n    in the way: PID ").count(), 1, "{err}");
    assert!(err.contains(", postgres, psql, active, its transaction "), "{err}");
    let (log, _) = last(&shop, "apply");
    let names = events(&log);
    assert!(names.contains(&"held") && names.contains(&"holder"), "{names:?}");
    let log = json!(log).to_string();
    for text in [err.as_str(), &log] {
        assert!(!text.contains("pg_sleep") && !text.contains("471147114") && !text.contains("815815815"), "{text}");
    }
}

#[test]
fn what_postgres_counts_of_a_statement_is_told_and_nothing_else() {
    let shop = Shop::new();
    shop.query(SLOW);
    shop.query("CREATE INDEX big_n ON big (n); ALTER TABLE big ADD CONSTRAINT small CHECK (slow(n) < 1000) NOT VALID; CREATE TABLE t (n int CHECK (slow(n) < 1000))");
    let up = "BEGIN;\nCREATE INDEX big_slow ON big (slow(n));\nCOMMIT;\n\
              ALTER TABLE big VALIDATE CONSTRAINT small;\n\
              COPY t FROM PROGRAM 'seq 100';\n\
              CLUSTER big USING big_n;\n\
              CREATE TABLE u ();\n";
    shop.migration(ID, up, None);
    let err = err(applying(&shop));
    // Nothing takes as long as a line takes to be worth it.
    assert_eq!(err, "");

    let index = told(&shop, "progress", 1);
    let scanning = index.iter().find(|one| one["phase"] == "building index: scanning table").unwrap();
    let blocks = &scanning["blocks"];
    assert!(blocks["of"] == 100 && (10..100).contains(&blocks["done"].as_i64().unwrap()), "{scanning}");
    assert_eq!((&scanning["statement"], &scanning["table"]), (&json!("CREATE INDEX"), &json!("public.big")));
    let validate = told(&shop, "progress", 2);
    let (one, size) = (&validate[0], 100 * 8192);
    assert_eq!(
        (&one["statement"], &one["table"], &one["size"], &one["phase"], &one["blocks"]),
        (&json!("VALIDATE CONSTRAINT"), &json!("public.big"), &json!(size), &Value::Null, &Value::Null)
    );
    assert_eq!(validate.len(), 1, "{validate:?}");
    let copy = told(&shop, "progress", 3);
    assert!(copy.iter().any(|one| one["tuples"]["done"].as_i64() > Some(1) && one["table"] == "public.t"), "{copy:?}");
    let cluster = told(&shop, "progress", 4);
    assert!(
        cluster.iter().any(|one| one["phase"] == "rebuilding index" && one["table"] == "public.big"),
        "{cluster:?}"
    );
    assert!(told(&shop, "progress", 5).is_empty());
}

#[test]
fn each_major_counts_the_same() {
    for major in [14, 16, 17, 18] {
        let cluster = Cluster::start_major(major).unwrap();
        cluster.create(&["shop"]).unwrap();
        let shop = Shop { cluster, place: Place::new() };
        shop.query(SLOW);
        shop.migration(ID, "CREATE INDEX CONCURRENTLY big_slow ON big (slow(n));\n", None);
        assert_eq!(err(applying(&shop)), "");
        let told = told(&shop, "progress", 1);
        assert!(told.iter().any(|one| one["blocks"]["of"] == 100), "{major}: {told:?}");
    }
}

#[test]
fn a_short_run_has_no_session_that_looks_on_and_a_long_one_has() {
    let shop = Shop::new();
    // Seen from elsewhere, which is no session there. What a session leaves is counted when it is gone.
    let sessions = || {
        sleep(Duration::from_millis(1500));
        let sql = "SELECT sessions FROM pg_stat_database WHERE datname = 'shop'";
        shop.cluster.query("postgres", sql).unwrap().parse::<i64>().unwrap()
    };
    let took = |id: &str, up: &str| {
        let before = sessions();
        shop.migration(id, up, None);
        shop.exits(0, &["apply"]);
        sessions() - before
    };
    // The books are made.
    took("20260101000000_first", "CREATE TABLE first ();\n");
    // Its own, and the one that looks for a pooler beforehand. On a busy machine even this may take its time.
    let alone = |n: &i32| took(&format!("2026010200000{n}_s"), &format!("CREATE TABLE s{n} ();\n")) == 2;
    assert!((0..9).any(|n| alone(&n)));
    assert_eq!(took("20260103000000_long", "SELECT pg_sleep(1.5);\n"), 3);
}

#[test]
fn a_terminal_has_a_bar_that_goes_away() {
    let shop = Shop::new();
    shop.query(SLOW);
    let up = "CREATE INDEX CONCURRENTLY big_slow ON big (slow(n));\nCREATE TABLE u ();\n";
    shop.migration(ID, up, None);
    let other = Other::new(&shop, "BEGIN; UPDATE big SET n = n WHERE n = 1; SELECT 'other', pg_sleep(100)");
    let url = shop.url();
    let mut terminal = Terminal::run(shop.place.path(), &["apply", "--yes", "--db", &url]);
    terminal.shows("step 1: waiting for writers before build, 0 of 1 transactions, public.big");
    terminal.shows("  step 1 waits for others to end\n");
    terminal.shows("in the way: PID ");
    other.end(&shop);
    terminal.shows(" %  step 1: building index: scanning table, ");
    terminal.shows(" blocks, public.big");
    let seen = terminal.exits(0);
    // The line is wiped before the next is written, and none of it stays.
    let (bar, wiped) = (seen.rfind(", public.big"), seen.rfind("\u{1b}[2K"));
    assert!(bar.is_some() && bar < wiped, "{seen:?}");
    assert!(seen.ends_with("ms\n") || seen.ends_with("s\n"), "{seen:?}");
    assert!(!seen.contains("so far"), "{seen:?}");

    // Of a step that fails nothing stays either.
    shop.migration("20260102000000_fails", "DO 'BEGIN PERFORM pg_sleep(2.5); RAISE EXCEPTION ''no''; END';\n", None);
    let mut terminal = Terminal::run(shop.place.path(), &["apply", "--yes", "--db", &url]);
    terminal.shows("step 1: DO");
    let seen = terminal.exits(2);
    let (bar, wiped) = (seen.rfind("step 1: DO"), seen.rfind("\u{1b}[2K"));
    assert!(bar < wiped && wiped < seen.find("migrate::"), "{seen:?}");
}

#[test]
fn a_backfill_has_a_bar_too() {
    let shop = Shop::new();
    shop.query(
        "CREATE TABLE rows (id int PRIMARY KEY, n int); INSERT INTO rows SELECT generate_series(1, 40); ANALYZE rows",
    );
    shop.migration(ID, "-- pgplumb: backfill batch=4 pause=300ms\nUPDATE rows SET n = id;\n", None);
    let url = shop.url();
    let mut terminal = Terminal::run(shop.place.path(), &["apply", "--yes", "--db", &url]);
    terminal.shows(" %  step 1: ");
    terminal.shows(" of about 40 rows, ");
    terminal.exits(0);
}
