//! Logs and reports: what is left behind of each run, and what must not be in it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use serde_json::Value;

use crate::harness::migrations::Shop;

/// The files of a folder of the project, by name; none where there is no folder.
fn files(shop: &Shop, folder: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(shop.place.path().join(folder)) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn validated(text: &str, schema: &str) -> Value {
    let schema: Value = serde_json::from_str(schema).unwrap();
    let value: Value = serde_json::from_str(text).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let wrong: Vec<String> = schema.iter_errors(&value).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:?}\n{text}");
    value
}

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| validated(line, include_str!("../docs/schema/log.v1.json"))).collect()
}

fn report(path: &Path) -> Value {
    validated(&fs::read_to_string(path).unwrap(), include_str!("../docs/schema/report.v1.json"))
}

pub(crate) fn events(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|line| line["event"].as_str().unwrap()).collect()
}

/// What the last run of a verb left: the lines of its log, and its report, which belong together.
#[track_caller]
pub(crate) fn last(shop: &Shop, kind: &str) -> (Vec<Value>, Value) {
    let of = |folder| {
        let is_of = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with(&format!("{kind}-"));
        let found: Vec<PathBuf> = files(shop, folder).into_iter().filter(is_of).collect();
        found.into_iter().max_by_key(|path| fs::metadata(path).unwrap().modified().unwrap()).expect(kind)
    };
    let (log, written) = (of("logs"), of("reports"));
    for path in [&log, &written] {
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600, "{}", path.display());
    }
    let (lines, report) = (lines(&log), report(&written));
    assert_eq!(report["kind"], kind);
    assert!(lines.iter().all(|line| line["run"] == report["run"]), "{report}");
    assert_eq!(log.file_stem().unwrap().to_str(), report["run"].as_str());
    let end = lines.last().unwrap();
    assert_eq!((&end["event"], &end["exit"]), (&"ends".into(), &report["exit"]), "{end}");
    (lines, report)
}

#[test]
fn every_run_leaves_a_log_and_a_report() {
    let shop = Shop::new();
    let cluster = &shop.cluster;
    shop.write("pgplumb.yaml", "logs: {level: debug}\n");
    let up = "CREATE TABLE a (n int);\nCREATE ROLE teller LOGIN PASSWORD 'hush-hush';\nINSERT INTO a VALUES (4711);\n";
    shop.migration("20260101000000_a", up, Some("DROP TABLE a;\nDROP ROLE teller;\n"));
    shop.write("schema/a.sql", "CREATE TABLE a (n int);\n");
    shop.exits(0, &["apply"]);
    let (log, report) = last(&shop, "apply");
    let told = events(&log);
    assert_eq!(told.iter().filter(|event| **event == "step").count(), 3, "{told:?}");
    for event in ["run", "database", "connected", "begins", "done", "ends"] {
        assert!(told.contains(&event), "{event}: {told:?}");
    }
    let shapes: Vec<&str> = log.iter().filter_map(|line| line["sql"].as_str()).collect();
    assert_eq!(shapes[1..], ["CREATE ROLE teller LOGIN PASSWORD ?", "INSERT INTO a VALUES (?)"]);
    let migration = &report["migrations"][0];
    assert_eq!((&migration["id"], &migration["steps"]), (&"20260101000000_a".into(), &3.into()), "{report}");
    assert_eq!((&migration["done"], &report["outcome"]), (&true.into(), &"fine".into()), "{report}");
    assert!(report["database"].as_str().unwrap().starts_with("shop on "), "{report}");

    let (server, place) = (cluster.url("postgres"), cluster.folder().display().to_string());
    let runs: [(&str, i32, &[&str]); 16] = [
        ("verify", 0, &[]),
        ("drift", 0, &[]),
        ("health", -1, &[]),
        ("preflight", -1, &[]),
        ("check", -1, &["--scratch", &server]),
        ("plan", -1, &["--stdout", "--scratch", &server]),
        ("backup", 0, &["full"]),
        ("status", 0, &[]),
        ("history", 0, &[]),
        ("rebase", -1, &["--dry-run", "--scratch", &server]),
        ("rollback", 0, &["--allow", "down-lossy"]),
        ("resume", 0, &[]),
        ("restore", 2, &["no-such"]),
        ("restore-kept", 1, &["no-such"]),
        ("baseline", 0, &[]),
        ("repair", -1, &["20260101000000_a", "--forget", "--because", "why not"]),
    ];
    for (verb, code, more) in runs {
        let ran = shop.place.run(&[&[verb], more, &["--db", &shop.url()]].concat());
        assert!(code == -1 || ran.code == code, "{verb}: {} {} {}", ran.code, ran.out, ran.err);
        assert!(!ran.err.contains("is kept in"), "{}", ran.err);
        let (_, report) = last(&shop, verb);
        assert_eq!(report["exit"], ran.code, "{report}");
        assert_eq!(report["error"].is_null(), report["exit"] == 0 || !ran.err.contains("::"), "{report} {}", ran.err);
        let has_result = ["verify", "drift", "health", "preflight", "status"].contains(&verb);
        assert_eq!(!report["result"].is_null(), has_result, "{report}");
        let schema = match verb {
            "verify" => include_str!("../docs/schema/verify.v1.json"),
            "drift" => include_str!("../docs/schema/drift.v1.json"),
            "status" => include_str!("../docs/schema/status.v1.json"),
            "health" => include_str!("../docs/schema/health.v1.json"),
            "preflight" => include_str!("../docs/schema/preflight.v1.json"),
            "backup" => {
                assert_eq!(report["backups"].as_array().unwrap().len(), 1, "{report}");
                continue;
            }
            _ => continue,
        };
        validated(&report["result"].to_string(), schema);
    }
    assert!(!place.is_empty() && files(&shop, "logs").len() == 17, "{:?}", files(&shop, "logs"));
    shop.place.run(&["explain"]);
    shop.place.run(&["graph", "schema"]);
    assert_eq!((files(&shop, "logs").len(), files(&shop, "reports").len()), (17, 17), "who only looks leaves nothing");
    for path in files(&shop, "logs").into_iter().chain(files(&shop, "reports")) {
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains("hush") && !text.contains("4711"), "{}: {text}", path.display());
    }
}

#[test]
fn what_fails_is_told_without_rows_and_sql() {
    let shop = Shop::new();
    shop.query("CREATE TABLE a (n text); INSERT INTO a VALUES ('row-data'), ('row-data')");
    let failing = [
        ("CREATE UNIQUE INDEX a_n ON a (n);", "23505", Some("could not create unique index \"a_n\"")),
        ("ALTER TABLE a ALTER n TYPE int USING n::int;", "22P02", None),
        ("DO $$ BEGIN RAISE EXCEPTION 'found %', (SELECT n FROM a LIMIT 1); END $$;", "P0001", None),
        ("CREATE ROLE x PASSWORD row-data;", "42601", None),
        ("SELECT nothing FROM a WHERE n = 'row-data';", "42703", Some("column \"nothing\" does not exist")),
    ];
    for (sql, sqlstate, message) in failing {
        shop.migration("20260101000000_a", &format!("{sql}\n"), None);
        let ran = shop.exits(2, &["apply"]);
        if ran.err.contains("migrate::step") {
            let (log, report) = last(&shop, "apply");
            let end = log.last().unwrap();
            assert_eq!((&end["sqlstate"], &end["level"]), (&sqlstate.into(), &"error".into()), "{end}");
            assert_eq!(report["error"]["code"], "migrate::step", "{report}");
            let told = report["error"]["message"].as_str();
            let message = message.map(|message| format!("step 1 of `20260101000000_a` fails: {message}"));
            assert_eq!(told, message.as_deref(), "{report}");
        } else {
            assert_eq!(sqlstate, "42601", "{}", ran.err);
        }
    }
    // On many databases each failure is told in the same way.
    shop.migration("20260101000000_a", "ALTER TABLE a ALTER n TYPE int USING n::int;\n", None);
    shop.write("targets", &format!("one {}\n", shop.url()));
    let ran = shop.place.exits(2, &["apply", "--targets", "targets"]);
    assert!(ran.err.contains("row-data"), "a person is told: {}", ran.err);
    let (log, report) = last(&shop, "apply");
    let failed = log.iter().find(|line| line["event"] == "failed").unwrap();
    assert_eq!((&failed["name"], &failed["sqlstate"]), (&"one".into(), &"22P02".into()));
    validated(&report["result"].to_string(), include_str!("../docs/schema/fleet.v1.json"));
    assert_eq!(report["result"]["targets"][0]["error"]["code"], "migrate::step", "{report}");
    shop.exits(1, &["status"]);
    let (_, report) = last(&shop, "status");
    assert_eq!(report["result"]["migrations"][0]["standing"], "failed", "{report}");
    for path in files(&shop, "logs").into_iter().chain(files(&shop, "reports")) {
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains("row-data"), "{}: {text}", path.display());
    }
}

#[test]
fn what_changes_the_files_of_others_says_which() {
    let shop = Shop::new();
    let server = shop.cluster.url("postgres");
    shop.migration("20260101000000_a", "CREATE TABLE a (n int);\n", Some("DROP TABLE a;\n"));
    shop.migration("20260102000000_b", "CREATE TABLE b (n int);\n", Some("DROP TABLE b;\n"));
    shop.place.exits(0, &["squash", "--scratch", &server]);
    let (log, _) = last(&shop, "squash");
    let squashed = log.iter().find(|line| line["event"] == "squashed").unwrap();
    assert_eq!((&squashed["id"], &squashed["migrations"]), (&"20260102000000_squashed".into(), &2.into()));
}

#[test]
fn who_is_in_the_way_is_in_the_log() {
    let shop = Shop::new();
    shop.query("CREATE TABLE a (n int)");
    shop.write("pgplumb.yaml", "apply: {retries: 1, pause: 300ms}\nlogs: {level: warn}\n");
    let up = "-- pgplumb: timeout lock 500ms\nSET lock_timeout = '300ms';\nALTER TABLE a ADD COLUMN m int;\n";
    shop.migration("20260101000000_a", up, None);
    let mut holder = shop.cluster.client("psql");
    let hold = "SET application_name = 'reporting'; BEGIN; LOCK a; SELECT 'row-data', pg_sleep(60)";
    let mut holder = holder.args(["-X", "-q", "-d", "shop", "-c", hold]).stdout(Stdio::null()).spawn().unwrap();
    shop.wait_for("SELECT count(*) = 1 FROM pg_locks WHERE relation = 'a'::regclass AND granted");
    let ran = shop.exits(2, &["apply"]);
    holder.kill().unwrap();
    holder.wait().unwrap();
    let (log, report) = last(&shop, "apply");
    assert_eq!(report["retries"], 1, "{report} {}", ran.err);
    assert_eq!(events(&log), ["retries", "blocker", "ends"]);
    assert_eq!(log[1]["application"], "reporting");
    assert!(log[1].get("query").is_none() && log.iter().all(|line| !line.to_string().contains("row-data")));
}

#[test]
fn where_and_how_long_is_for_the_configuration_to_say() {
    let shop = Shop::new();
    shop.migration("20260101000000_a", "CREATE TABLE a (n int);\n", None);
    let name = shop.place.path().file_name().unwrap().to_str().unwrap().to_owned();
    shop.write("pgplumb.yaml", "logs: {enabled: false}\nreports: {enabled: false}\n");
    shop.exits(0, &["apply"]);
    assert!(files(&shop, "logs").is_empty() && files(&shop, "reports").is_empty(), "{name}");

    // From wherever it is run, and each only where it is asked for.
    shop.write("pgplumb.yaml", "logs: {enabled: false}\nreports: {folder: kept/reports}\n");
    shop.write("elsewhere/note", "");
    let config = shop.place.path().join("pgplumb.yaml");
    let mut command = Command::new(env!("CARGO_BIN_EXE_pgplumb"));
    command.args(["apply", "--db", &shop.url(), "--config"]).arg(config);
    let done = command.current_dir(shop.place.path().join("elsewhere")).output().unwrap();
    assert!(done.status.success(), "{done:?}");
    assert_eq!((files(&shop, "kept/reports").len(), files(&shop, "elsewhere").len()), (1, 1));
    assert!(files(&shop, "logs").is_empty());

    // One that is too old goes, and what nobody here wrote stays.
    shop.write("pgplumb.yaml", "logs: {keep: 2d, most: 2, size: 400B}\nreports: {keep: 2d}\n");
    for name in ["drift-20200101T000000Z.log", "notes-20200101T000000Z.log", "mine.txt"] {
        shop.write(&format!("logs/{name}"), "");
        let file = fs::OpenOptions::new().write(true).open(shop.place.path().join("logs").join(name)).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(3 * 24 * 60 * 60)).unwrap();
    }
    shop.exits(0, &["apply"]);
    let names: Vec<String> =
        files(&shop, "logs").iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    assert!(!names.iter().any(|name| name.starts_with("drift-")), "{names:?}");
    assert!(names.contains(&"mine.txt".to_owned()) && names.contains(&"notes-20200101T000000Z.log".to_owned()));
    // A log that grew large has a number, and counts as one of those that are kept.
    let ours: Vec<&String> = names.iter().filter(|name| name.starts_with("apply-")).collect();
    assert!(ours.len() == 2 && ours[0].ends_with("Z.1.log"), "{names:?}");
}

#[test]
fn a_run_goes_on_without_a_log() {
    let shop = Shop::new();
    shop.migration("20260101000000_a", "CREATE TABLE a (n int);\n", None);
    // A file stands where the folders should be.
    shop.write("logs", "");
    shop.write("reports", "");
    let ran = shop.exits(0, &["apply"]);
    assert!(ran.err.contains("note: no log is kept in `logs`"), "{}", ran.err);
    assert!(ran.err.contains("note: no report is kept in `reports`"), "{}", ran.err);
    assert_eq!(shop.query("SELECT count(*) FROM a"), "0");
    let ran = shop.exits(2, &["preflight", "--report", "reports"]);
    assert!(ran.err.contains("`reports` cannot be written"), "{}", ran.err);
    // Where there is no project there is nothing that they could belong to.
    let other = crate::harness::place::Place::new();
    other.run(&["preflight", "--db", &shop.url()]);
    assert_eq!(fs::read_dir(other.path()).unwrap().count(), 0);
    other.run(&["preflight", "--report", "here", "--db", &shop.url()]);
    let written = fs::read_dir(other.path().join("here")).unwrap().next().unwrap().unwrap().path();
    assert_eq!(report(&written)["kind"], "preflight");
}
