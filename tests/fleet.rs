//! Many databases with one command, on a real server.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use crate::harness::cluster::Cluster;
use crate::harness::place::{Place, Ran};
use crate::harness::program::without_settings;

const ORDERS: &str = "CREATE TABLE orders (id bigint PRIMARY KEY, note text);\n";
const NOTE: &str = "ALTER TABLE orders ALTER COLUMN note SET NOT NULL;\n";

/// A server with a database for each name, and `targets.txt` that names them.
struct Many {
    cluster: Cluster,
    place: Place,
}

impl Many {
    fn new(names: &[&str]) -> Self {
        Self::with(names, &[])
    }

    fn with(names: &[&str], settings: &[&str]) -> Self {
        let cluster = Cluster::start_with(settings).unwrap();
        cluster.create(names).unwrap();
        let many = Self { cluster, place: Place::new() };
        many.write_targets(names);
        many.migration("20260101000000_orders", ORDERS);
        many
    }

    fn write_targets(&self, names: &[&str]) {
        let lines = names.iter().map(|name| format!("{name} {}\n", self.cluster.url(name)));
        self.place.write("targets.txt", &lines.collect::<String>());
    }

    fn migration(&self, id: &str, up: &str) {
        self.place.write(&format!("generated/{id}/up.sql"), up);
    }

    #[track_caller]
    fn exits(&self, code: i32, arguments: &[&str]) -> Ran {
        self.place.exits(code, &[arguments, &["--targets", "targets.txt"]].concat())
    }

    /// The matrix of a verb, which fits its schema.
    #[track_caller]
    fn matrix(&self, code: i32, arguments: &[&str]) -> Value {
        matrix(&self.exits(code, &[arguments, &["--format", "json"]].concat()).out)
    }

    #[track_caller]
    fn query(&self, database: &str, sql: &str) -> String {
        self.cluster.query(database, sql).unwrap()
    }
}

#[track_caller]
fn matrix(text: &str) -> Value {
    let schema: Value = serde_json::from_str(include_str!("../docs/schema/fleet.v1.json")).unwrap();
    let matrix: Value = serde_json::from_str(text).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let wrong: Vec<String> = validator.iter_errors(&matrix).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:?}\n{text}");
    matrix
}

/// `a applied, b skipped`.
fn states(matrix: &Value) -> String {
    let one = |one: &Value| format!("{} {}", one["name"].as_str().unwrap(), one["state"].as_str().unwrap());
    matrix["targets"].as_array().unwrap().iter().map(one).collect::<Vec<_>>().join(", ")
}

/// `a b / c`.
fn groups(matrix: &Value) -> String {
    let names = |group: &Value| {
        let names = group["targets"].as_array().unwrap().iter().map(|name| name.as_str().unwrap());
        names.collect::<Vec<_>>().join(" ")
    };
    matrix["groups"].as_array().unwrap().iter().map(names).collect::<Vec<_>>().join(" / ")
}

#[test]
fn all_are_applied_and_those_alike_are_one_group() {
    let many = Many::new(&["a", "b", "c"]);
    let first = many.matrix(0, &["apply", "--jobs", "2"]);
    assert_eq!((states(&first), groups(&first)), ("a applied, b applied, c applied".into(), "a b c".into()));
    assert_eq!(many.query("c", "SELECT count(*) FROM pgplumb.history WHERE id LIKE '%orders'"), "1");
    many.migration("20260102000000_more", "CREATE TABLE more ();\n");
    let url = many.cluster.url("b");
    many.place.exits(0, &["apply", "--db", &url]);

    let status = many.matrix(1, &["status"]);
    assert_eq!((states(&status), groups(&status)), ("a pending, b applied, c pending".into(), "a c / b".into()));
    let ran = many.exits(0, &["apply", "--dry-run"]);
    assert!(ran.err.contains("1 pending migration (`20260102000000_more`): a, c\n"), "{}", ran.err);
    assert!(ran.out.ends_with("3 targets: 1 applied, 2 pending\n"), "{}", ran.out);
    let ran = many.exits(0, &["apply"]);
    assert!(ran.err.contains("a: applied 20260102000000_more  1 step, "), "{}", ran.err);
    assert!(!ran.err.contains("b: "), "{}", ran.err);
    assert!(ran.out.contains("\na       applied        2        0  -      ran 1\n"), "{}", ran.out);
    let status = many.matrix(0, &["status"]);
    assert_eq!((states(&status), groups(&status)), ("a applied, b applied, c applied".into(), "a b c".into()));
    assert_eq!(status["targets"][0]["drift"], false);
}

/// What a contract waits for is told by the books of each database.
#[test]
fn a_contract_that_has_waited_is_due() {
    let many = Many::new(&["a"]);
    many.migration("20260102000000_gone", "-- pgplumb: phase contract after 1 release\n\nDROP TABLE orders;\n");
    assert_eq!(states(&many.matrix(0, &["apply"])), "a pending");
    many.migration("20260103000000_more", "CREATE TABLE more ();\n");
    assert_eq!(states(&many.matrix(0, &["apply"])), "a pending");
    assert_eq!(states(&many.matrix(0, &["apply"])), "a applied");
    assert_eq!(many.query("a", "SELECT to_regclass('orders') IS NULL"), "t");
}

#[test]
fn one_with_nothing_to_do_costs_one_query() {
    let log = ["log_statement=all", "log_min_messages=log", "logging_collector=on", "log_directory=../log"];
    let log = [&log[..], &["log_line_prefix=%d %a "]].concat();
    let many = Many::with(&["a", "b"], &log);
    many.exits(0, &["apply"]);
    let said = || {
        let files = fs::read_dir(many.cluster.folder().join("log")).unwrap();
        let text: String = files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect();
        let lines = text.lines().filter(|line| line.starts_with("a ") && line.contains("LOG:  "));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    // The collector takes its time.
    let settled = || {
        let mut before = said();
        loop {
            sleep(Duration::from_millis(700));
            let now = said();
            if now.len() == before.len() {
                return now;
            }
            before = now;
        }
    };
    let before = settled().len();
    assert!(before > 10);
    many.exits(0, &["apply"]);
    let lines = settled().split_off(before);
    let queries: Vec<&String> = lines.iter().filter(|line| !line.contains("SHOW server_version_num")).collect();
    assert!(queries.len() == 1 && queries[0].contains("-- The books at a glance"), "{lines:#?}");
}

#[test]
fn a_canary_that_fails_keeps_all_others_from_it_until_it_is_mended() {
    let many = Many::new(&["a", "b", "c", "d"]);
    many.exits(0, &["apply"]);
    many.query("c", "INSERT INTO orders VALUES (1)");
    many.migration("20260102000000_note", NOTE);
    let ran = many.exits(2, &["apply", "--canary", "b", "--canary", "c", "--max-failures", "0"]);
    assert!(ran.err.contains("b: applied 20260102000000_note"), "{}", ran.err);
    assert!(ran.err.contains("c: migrate::step"), "{}", ran.err);
    assert!(ran.out.contains("not reached: a canary failed"), "{}", ran.out);
    assert!(ran.out.ends_with("4 targets: 1 applied, 2 skipped, 1 failed\n"), "{}", ran.out);
    assert_eq!(many.query("a", "SELECT count(*) FROM pgplumb.history WHERE id LIKE '%note'"), "0");

    many.query("c", "DELETE FROM orders");
    let retried = many.matrix(0, &["apply", "--retry-failed"]);
    assert_eq!(states(&retried), "c applied");
    let ran = many.exits(0, &["apply", "--retry-failed"]);
    assert_eq!(ran.out, "nothing failed in the last run\n");
    let all = many.matrix(0, &["apply", "--canaries", "1"]);
    assert_eq!(states(&all), "a applied, b applied, c applied, d applied");
    // The first of those that had something to do.
    assert_eq!((&all["targets"][0]["canary"], &all["targets"][3]["canary"]), (&Value::Bool(true), &Value::Bool(false)));
    let ran = many.exits(2, &["apply", "--canary", "ab"]);
    assert!(ran.err.contains("fleet::no_target") && ran.err.contains("did you mean `a`?"), "{}", ran.err);
}

#[test]
fn so_many_failures_end_it() {
    let many = Many::new(&["a", "b", "c", "d", "e"]);
    many.exits(0, &["apply"]);
    for name in ["a", "c"] {
        many.query(name, "INSERT INTO orders VALUES (1)");
    }
    many.migration("20260102000000_note", NOTE);
    let stopped = many.matrix(2, &["apply", "--jobs", "1", "--max-failures", "2"]);
    assert_eq!(states(&stopped), "a failed, b applied, c failed, d skipped, e skipped");
    assert_eq!(stopped["targets"][3]["note"], "not reached: 2 failed");
    assert_eq!(stopped["targets"][0]["error"]["code"], "migrate::step");
    let status = many.matrix(1, &["status"]);
    assert_eq!(states(&status), "a failed, b applied, c failed, d pending, e pending");
    let all = many.matrix(2, &["apply", "--max-failures", "0"]);
    assert_eq!(states(&all), "a failed, b applied, c failed, d applied, e applied");
    // The record holds neither messages nor rows.
    let record = many.place.read("reports/fleet.json");
    assert!(record.contains("\"migrate::step\"") && !record.contains("null value"), "{record}");
}

#[test]
fn a_target_that_cannot_be_reached_and_one_that_drifted_are_rows_like_others() {
    let many = Many::new(&["a", "b", "c"]);
    many.exits(0, &["apply"]);
    many.query("b", "CREATE TABLE sneaked ()");
    many.migration("20260102000000_more", "CREATE TABLE more ();\n");
    many.write_targets(&["a", "b", "nowhere", "c"]);
    // By default nothing begins where one cannot be reached.
    let none = many.matrix(2, &["apply"]);
    assert_eq!(states(&none), "a skipped, b skipped, nowhere failed, c skipped");
    assert_eq!(none["targets"][2]["error"]["code"], "db::no_database");
    let some = many.matrix(2, &["apply", "--max-failures", "0"]);
    assert_eq!(states(&some), "a applied, b drift, nowhere failed, c applied");
    assert_eq!(some["targets"][1]["differences"][0], "+ table public.sneaked");
    let drift = many.matrix(2, &["drift"]);
    assert_eq!(states(&drift), "a applied, b drift, nowhere failed, c applied");
    let ran = many.exits(2, &["status"]);
    assert!(ran.out.contains("b        drift          1        1  yes\n  + table public.sneaked\n"), "{}", ran.out);
    assert!(
        ran.out.contains("nowhere  failed         0        0  -      there is no database `nowhere`"),
        "{}",
        ran.out
    );

    many.write_targets(&["a", "b", "c"]);
    assert_eq!(states(&many.matrix(1, &["drift"])), "a applied, b drift, c applied");
    assert_eq!(states(&many.matrix(0, &["apply", "--retry-failed", "--force", "drift"])), "b applied");
    many.exits(64, &["drift", "--watch", "1s"]);
}

#[test]
fn a_wrong_file_is_told_by_its_line_and_no_password_is_told_at_all() {
    let many = Many::new(&["a", "b"]);
    let with = |name: &str, database: &str| {
        format!("{name} {}\n", many.cluster.url(database).replace("postgres@", "postgres:hushhush@"))
    };
    let gone = "gone postgresql://u:hushhush@127.0.0.1:1/x\n";
    let mut told = String::new();
    for (text, line) in [
        (
            format!("# all\n{}{}", with("a", "a"), with("a", "b")),
            "line 3 of `targets.txt`: the name is taken by line 2",
        ),
        (format!("{}\npostgresql://u:hushhush@db/x\n", with("a", "a")), "line 3 of `targets.txt`: it does not begin"),
        ("a postgresql://u:hushhush@db:hushhush/x\n".to_owned(), "line 1 of `targets.txt`: the connection string"),
    ] {
        many.place.write("targets.txt", &text);
        let ran = many.exits(2, &["apply"]);
        assert!(ran.err.contains(line), "{}", ran.err);
        told.push_str(&(ran.out + &ran.err));
    }
    many.place.write("targets.txt", "# none\n");
    assert!(many.exits(2, &["status"]).err.contains("fleet::no_targets"));
    many.place.write("targets.txt", &format!("{}{gone}{}", with("a", "a"), with("b", "b")));
    many.migration("20260102000000_bad", "SELECT 1/0;\n");
    for arguments in [
        &["apply", "--max-failures", "0", "--verbose"][..],
        &["apply", "--retry-failed", "--verbose"],
        &["apply", "--dry-run", "--format", "json"],
        &["status"],
        &["status", "--format", "json"],
        &["drift"],
        &["plan", "--stdout"],
    ] {
        let ran = many.exits(2, arguments);
        told.push_str(&(ran.out + &ran.err));
    }
    assert!(told.contains("gone: cannot connect to 127.0.0.1:1"), "{told}");
    told.push_str(&many.place.read("reports/fleet.json"));
    assert!(!told.contains("hushhush"), "{told}");
}

/// Ends an `apply`, one target at a time, by Ctrl-C in the middle of `pg_sleep`: its matrix.
#[track_caller]
fn interrupted(many: &Many) -> Value {
    let arguments = ["apply", "--targets", "targets.txt", "--jobs", "1", "--format", "json"];
    let program = Command::new(env!("CARGO_BIN_EXE_pgplumb"));
    let mut command = without_settings(program, many.place.path(), &arguments);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let asleep = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
    let start = Instant::now();
    while many.query("postgres", asleep) != "1" {
        assert!(start.elapsed() < Duration::from_secs(30), "never asleep");
        sleep(Duration::from_millis(20));
    }
    kill(Pid::from_raw(i32::try_from(child.id()).unwrap()), Signal::SIGINT).unwrap();
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{told}");
    assert!(told.contains("interrupted: what is at work ends its step"), "{told}");
    matrix(&String::from_utf8(output.stdout).unwrap())
}

#[test]
fn ctrl_c_ends_the_step_and_begins_nothing_more() {
    let many = Many::new(&["a", "b", "c"]);
    many.exits(0, &["apply"]);
    let slow = "CREATE TABLE one ();\nSELECT pg_sleep(2);\nCREATE TABLE two ();\n";
    many.migration("20260102000000_slow", slow);
    let cut = interrupted(&many);
    assert_eq!(states(&cut), "a pending, b skipped, c skipped");
    assert_eq!(cut["targets"][2]["note"], "not reached: interrupted");
    assert_eq!(many.query("a", "SELECT concat(to_regclass('one'), ' ', to_regclass('two'))"), "one");
    let status = many.matrix(1, &["status"]);
    assert_eq!(status["targets"][0]["note"], "20260102000000_slow is half applied");

    let ran = many.exits(0, &["apply"]);
    assert!(ran.err.contains("a: 20260102000000_slow goes on where it stopped"), "{}", ran.err);
    assert!(ran.err.contains(": applied, 3 of 3, "), "{}", ran.err);
    assert_eq!(many.query("a", "SELECT concat(to_regclass('one'), ' ', to_regclass('two'))"), "one two");
    assert_eq!(states(&many.matrix(0, &["status"])), "a applied, b applied, c applied");
}

#[test]
fn ctrl_c_between_two_migrations_leaves_a_state_on_record() {
    let many = Many::new(&["a"]);
    many.exits(0, &["apply"]);
    many.migration("20260102000000_slow", "CREATE TABLE slow AS SELECT 1 AS id FROM pg_sleep(2);\n");
    many.migration("20260103000000_more", "CREATE TABLE more ();\n");
    let cut = interrupted(&many);
    assert_eq!(cut["targets"][0]["ran"], serde_json::json!(["20260102000000_slow"]));
    many.query("a", "CREATE TABLE sneaked ()");
    assert_eq!(states(&many.matrix(1, &["apply"])), "a drift");
}

#[test]
fn tenants_and_environments_name_targets_too() {
    let many = Many::new(&["control", "t1", "t2"]);
    many.query("control", "CREATE SEQUENCE counted; CREATE TABLE tenants (id int, db text); INSERT INTO tenants VALUES (1, 't1'), (2, 't2')");
    let url = many.cluster.url("control");
    let sql = "SELECT id AS name, db AS database FROM tenants ORDER BY id;";
    let ran = many.place.exits(0, &["apply", "--db", &url, "--tenants", sql, "--format", "json"]);
    assert_eq!(states(&matrix(&ran.out)), "1 applied, 2 applied");
    for (sql, what) in [
        ("SELECT db AS name, db AS schema FROM tenants", "fleet::no_template"),
        ("SELECT db AS name FROM tenants", "it has neither a `database`, a `url` nor a `schema`"),
        ("SELECT 'x' AS name, db AS database FROM tenants", "row 2 of the tenants: its `name` is that of row 1"),
        ("DELETE FROM tenants RETURNING db AS name", "syntax error"),
        ("SELECT nextval('counted') AS name", "read-only transaction"),
        ("SELECT 1 AS name WHERE false", "fleet::no_targets"),
    ] {
        let ran = many.place.exits(2, &["status", "--db", &url, "--tenants", sql]);
        assert!(ran.err.contains(what), "{}", ran.err);
    }

    let one = |name: &str| format!("  {name}: {{url: '{}'}}\n", many.cluster.url(name));
    many.place.write("pgplumb.yaml", &format!("environments:\n{}{}fleet: {{canary: [t2]}}\n", one("t1"), one("t2")));
    many.migration("20260102000000_more", "CREATE TABLE more ();\n");
    let ran = many.place.exits(0, &["apply", "--env", "t1,t2", "--format", "json"]);
    let applied = matrix(&ran.out);
    assert_eq!(
        (states(&applied), &applied["targets"][1]["canary"]),
        ("t1 applied, t2 applied".into(), &Value::Bool(true))
    );
    assert_eq!(applied["targets"][0]["environment"], "t1");
    assert!(ran.err.find("t2: applied").unwrap() < ran.err.find("t1: applied").unwrap(), "{}", ran.err);
    assert!(many.place.exits(2, &["status", "--env", "t1,t3"]).err.contains("config::no_environment"));
    for option in [&["--jobs", "2"][..], &["--canaries", "1"], &["--retry-failed"], &["--format", "json"]] {
        let ran = many.place.exits(64, &[&["apply", "--env", "t1"], option].concat());
        assert!(ran.err.contains("fleet::not_many"), "{}", ran.err);
    }
}

/// The migrations in a folder.
fn written(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = entries.collect();
    names.sort();
    names
}

#[test]
fn a_plan_is_made_once_for_those_alike_and_says_how_others_differ() {
    let many = Many::new(&["a", "b", "c", "late"]);
    let server = many.cluster.url("postgres");
    many.write_targets(&["a", "b", "c"]);
    many.exits(0, &["apply"]);
    many.write_targets(&["late", "a", "b", "c"]);
    many.place.write("schema/orders.sql", "CREATE TABLE orders (id bigint PRIMARY KEY, note text, total int);\n");
    let ran = many.exits(0, &["plan", "--name", "total", "--scratch", &server]);
    assert!(ran.err.contains("not planned for, `pgplumb apply` comes first: late\n"), "{}", ran.err);
    assert!(ran.err.contains("planned on `a`, for a, b, c\n"), "{}", ran.err);
    assert_eq!(written(&many.place.path().join("generated")).len(), 2);
    // What was planned on one is what all of them start from.
    assert_eq!(states(&many.matrix(0, &["apply"])), "late applied, a applied, b applied, c applied");

    let url = many.cluster.url("c");
    many.query("c", "CREATE TABLE own (id int)");
    many.place.exits(0, &["apply", "--db", &url]);
    many.migration("20260102000000_other", "CREATE TABLE other ();\n");
    many.place.exits(0, &["apply", "--db", &url, "--force", "drift", "--force", "out-of-order"]);
    fs::remove_dir_all(many.place.path().join("generated/20260102000000_other")).unwrap();
    let ran = many.exits(1, &["plan", "--scratch", &server]);
    assert!(
        ran.out.starts_with("nothing was written: no one migration fits all of them\n3 targets at "),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("  + table public.other\n  + table public.own\n"), "{}", ran.out);
    many.exits(1, &["plan", "--scratch", &server, "--out", "planned"]);
    // The three have nothing to change.
    let planned = written(&many.place.path().join("planned"));
    assert_eq!(planned.len(), 1, "{planned:?}");
    let up = many.place.read(&format!("planned/{}/up.sql", planned[0]));
    assert!(up.contains("DROP TABLE public.own"), "{up}");
}
