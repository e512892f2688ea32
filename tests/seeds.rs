//! `apply --seed`: rows that an environment begins with, on a real server.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use serde_json::Value;

use crate::harness::migrations::Shop;
use crate::harness::place::Ran;
use crate::harness::program::{pgplumb, ran};
use crate::runner::document;

const USERS: &str = "CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL);\n";
const ANN: &str = "INSERT INTO users VALUES (1, 'ann') ON CONFLICT (id) DO UPDATE SET name = excluded.name;\n";

/// A shop with a table, and environments that are all this one database.
fn shop() -> Shop {
    let shop = Shop::new();
    let url = shop.url();
    let environment = |name: &str| format!("  {name}: {{url: '{url}'}}\n");
    let environments: String = ["staging", "test"].map(environment).concat();
    shop.write("pgplumb.yaml", &format!("environments:\n{environments}"));
    shop.migration("20260101000000_users", USERS, Some("DROP TABLE users;\n"));
    shop
}

#[track_caller]
fn seeds(shop: &Shop, code: i32, more: &[&str]) -> Ran {
    shop.place.exits(code, &[&["apply", "--seed", "--env", "staging"], more].concat())
}

fn users(shop: &Shop) -> String {
    shop.query("SELECT string_agg(name, ' ' ORDER BY id) FROM users")
}

/// The runs of seeds in the books, in order.
fn runs(shop: &Shop) -> String {
    shop.query("SELECT string_agg(name || ' ' || coalesce(environment, '-'), ', ' ORDER BY number) FROM pgplumb.seed")
}

fn status(shop: &Shop, environment: &str) -> String {
    let ran = shop.place.run(&["status", "--env", environment, "--format", "json"]);
    let status = document(include_str!("../docs/schema/status.v1.json"), &ran.out);
    let one = |one: &Value| format!("{} {}", one["name"].as_str().unwrap(), one["standing"].as_str().unwrap());
    status["seeds"].as_array().unwrap().iter().map(one).collect::<Vec<_>>().join(", ")
}

/// The newest file of a folder.
fn newest(shop: &Shop, folder: &str) -> String {
    let entries = fs::read_dir(shop.place.path().join(folder)).unwrap().flatten();
    let newest = entries.max_by_key(|entry| entry.metadata().unwrap().modified().unwrap()).unwrap();
    fs::read_to_string(newest.path()).unwrap()
}

#[test]
fn each_runs_once_in_order_and_again_when_its_text_is_another() {
    let shop = shop();
    shop.write("seeds/20_ann.sql", ANN);
    shop.write(
        "seeds/staging/10_ben.sql",
        "BEGIN;\nINSERT INTO users SELECT max(id) + 1, 'ben' FROM users;\nCOMMIT;\n",
    );
    shop.write("seeds/test/10_none.sql", "SELECT 1 / 0;\n");
    let ran = seeds(&shop, 0, &["--dry-run"]);
    assert!(ran.out.ends_with("would seed 20_ann.sql  1 step\nwould seed staging/10_ben.sql  1 step\n"), "{}", ran.out);
    assert_eq!(status(&shop, "staging"), "20_ann.sql pending, staging/10_ben.sql pending");
    let ran = seeds(&shop, 0, &["--ticket", "SHOP-17"]);
    let told: Vec<&str> = ran.out.lines().map(|line| line.split("  ").next().unwrap()).collect();
    assert_eq!(told, ["applied 20260101000000_users", "seeded 20_ann.sql", "seeded staging/10_ben.sql"]);
    assert_eq!(users(&shop), "ann ben");
    assert_eq!(seeds(&shop, 0, &[]).out, "nothing to apply\n");
    assert_eq!(shop.exits(0, &["apply", "--seed"]).out, "nothing to apply\n");
    assert_eq!(status(&shop, "staging"), "20_ann.sql run, staging/10_ben.sql run");
    let shown = shop.place.exits(0, &["status", "--env", "staging"]).out;
    assert!(shown.contains("seeds\n") && shown.contains("SHOP-17"), "{shown}");

    shop.write("seeds/20_ann.sql", &ANN.replace("'ann'", "'anne'"));
    assert!(seeds(&shop, 0, &["--dry-run"]).out.contains("would seed 20_ann.sql  1 step, changed since it was run"));
    assert_eq!(status(&shop, "staging"), "20_ann.sql changed, staging/10_ben.sql run");
    seeds(&shop, 0, &[]);
    // The older text is another one again.
    shop.write("seeds/20_ann.sql", ANN);
    seeds(&shop, 0, &[]);
    assert_eq!((users(&shop).as_str(), seeds(&shop, 0, &[]).out.as_str()), ("ann ben", "nothing to apply\n"));
    assert_eq!(runs(&shop), "20_ann.sql staging, staging/10_ben.sql staging, 20_ann.sql staging, 20_ann.sql staging");
    let wanted =
        "SELECT count(*) FROM pgplumb.seed WHERE sha256 = sha256(convert_to($$".to_owned() + ANN + "$$, 'UTF8'))";
    assert_eq!(shop.query(&wanted), "2");

    let noted = "SELECT string_agg(what || ' ' || id, ', ' ORDER BY number) FROM pgplumb.audit WHERE what = 'seeded'";
    assert_eq!(shop.query(noted).matches("seeded ").count(), 4);
    shop.exits(0, &["verify", "--audit"]);
    document(include_str!("../docs/schema/history.v1.json"), &shop.exits(0, &["history", "--export"]).out);
    // A seed of another environment is told by its file, and one without a file as well.
    assert_eq!(status(&shop, "test"), "20_ann.sql run, test/10_none.sql pending, staging/10_ben.sql run");
    fs::remove_file(shop.place.path().join("seeds/staging/10_ben.sql")).unwrap();
    assert_eq!(status(&shop, "staging"), "20_ann.sql run, staging/10_ben.sql missing");
}

#[test]
fn who_is_at_the_books_of_seeds_is_found_by_the_audit() {
    let shop = shop();
    for name in ["a", "b", "c"] {
        shop.write(&format!("seeds/{name}.sql"), "SELECT 1;\n");
    }
    seeds(&shop, 0, &[]);
    let behind = |sql: &str| shop.query(&format!("SET session_replication_role = replica; {sql}"));
    behind("UPDATE pgplumb.seed SET applied_by = 'nobody' WHERE name = 'a.sql'");
    behind("DELETE FROM pgplumb.seed WHERE name = 'b.sql'");
    behind("INSERT INTO pgplumb.seed (name, sha256, tool_version) VALUES ('d.sql', sha256(''), '1')");
    let ran = shop.exits(1, &["verify", "--audit"]);
    for told in [
        "run 1 of the seed a.sql: the audit says something else of `applied_by`",
        "run 2 of the seed b.sql: the audit has it, and it is gone from the books",
        "run 4 of the seed d.sql: the audit does not have it",
    ] {
        assert!(ran.out.contains(told), "{told}: {}", ran.out);
    }
    assert!(!ran.out.contains("c.sql"), "{}", ran.out);
    // In the open it is part of the audit, and the seed is due again.
    shop.query("DELETE FROM pgplumb.seed WHERE name = 'c.sql'; DELETE FROM pgplumb.seed WHERE name = 'd.sql'");
    let ran = shop.exits(1, &["verify", "--audit"]);
    assert!(!ran.out.contains("c.sql") && !ran.out.contains("d.sql"), "{}", ran.out);
    assert_eq!(status(&shop, "staging"), "a.sql run, b.sql pending, c.sql pending");
    shop.query("ALTER TABLE pgplumb.seed DISABLE TRIGGER added");
    let ran = shop.exits(1, &["verify", "--audit"]);
    assert!(ran.out.contains("trigger added on pgplumb.seed: it is switched off"), "{}", ran.out);
}

#[test]
fn one_that_fails_leaves_nothing_and_names_its_file_and_line() {
    let shop = shop();
    shop.write("seeds/10_ann.sql", ANN);
    let bad = "INSERT INTO users VALUES (2, 'ben');\n\nINSERT INTO users\n  VALUES (2, 'hush-hush');\n";
    shop.write("seeds/staging/10_more.sql", bad);
    shop.write("seeds/staging/20_after.sql", "INSERT INTO users VALUES (9, 'zoe');\n");
    let ran = seeds(&shop, 2, &["--events", "events"]);
    for told in [
        "migrate::seed",
        "the seed `staging/10_more.sql` fails in line 3: duplicate key",
        "seeds/staging/10_more.sql:3:1",
        "23505",
        "nothing of it is left",
    ] {
        assert!(ran.err.contains(told), "{told}: {}", ran.err);
    }
    assert_eq!((users(&shop).as_str(), runs(&shop).as_str()), ("ann", "10_ann.sql staging"));
    // No rows where files are kept.
    let kept = newest(&shop, "logs") + &newest(&shop, "reports") + &shop.place.read("events");
    assert!(kept.contains("migrate::seed") && kept.contains("staging/10_more.sql"), "{kept}");
    for row in ["hush-hush", "'ben'", "'ann'", "Key (id)"] {
        assert!(!kept.contains(row), "{row}: {kept}");
    }
    let report: Value = serde_json::from_str(&newest(&shop, "reports")).unwrap();
    let done =
        |at: usize| (report["seeds"][at]["name"].as_str().unwrap(), report["seeds"][at]["done"].as_bool().unwrap());
    assert_eq!((done(0), done(1)), (("10_ann.sql", true), ("staging/10_more.sql", false)));
    for line in shop.place.read("events").lines() {
        document(include_str!("../docs/schema/event.v1.json"), line);
    }
    for line in newest(&shop, "logs").lines() {
        document(include_str!("../docs/schema/log.v1.json"), line);
    }
    document(include_str!("../docs/schema/report.v1.json"), &newest(&shop, "reports"));

    shop.write("seeds/staging/10_more.sql", &bad.replace("(2, 'hush-hush')", "(3, 'cat')"));
    seeds(&shop, 0, &[]);
    assert_eq!(users(&shop), "ann ben cat zoe");
}

#[test]
fn passwords_in_a_seed_are_not_told() {
    let shop = shop();
    shop.write("seeds/a.sql", "CREATE ROLE seeded LOGIN PASSWORD 'correct-horse';\nSELECT 1 / 0;\n");
    let ran = seeds(&shop, 2, &["--verbose", "--events", "events"]);
    let kept = newest(&shop, "logs") + &newest(&shop, "reports") + &shop.place.read("events");
    assert!(ran.err.contains("division by zero"), "{}", ran.err);
    for text in [&ran.out, &ran.err, &kept] {
        assert!(!text.contains("correct-horse"), "{text}");
    }
    assert_eq!(shop.query("SELECT count(*) FROM pg_roles WHERE rolname = 'seeded'"), "0");
}

#[test]
fn production_is_refused_by_its_name_its_word_and_its_address() {
    let shop = shop();
    let (url, server) = (shop.url(), shop.cluster.url("postgres"));
    shop.write("seeds/ann.sql", ANN);
    let configure = |live: &str| {
        let environments =
            format!("environments:\n  production: {{url: '{server}'}}\n  live: {{url: '{url}'{live}}}\n");
        shop.write("pgplumb.yaml", &environments);
    };
    configure("");
    let refused = |arguments: &[&str]| {
        let ran = shop.place.exits(1, &[&["apply", "--seed"], arguments].concat());
        assert!(ran.err.contains("gate::seed") && ran.err.contains("--force seed"), "{}", ran.err);
    };
    let nothing = "SELECT to_regclass('users') IS NULL";
    refused(&["--env", "production"]);
    refused(&["--db", &server]);
    refused(&["--env", "live,production"]);
    assert_eq!(shop.query(nothing), "t", "nothing at all is run, and of many nothing anywhere");
    configure(", production: true");
    refused(&["--env", "live"]);
    refused(&["--db", &url]);
    assert_eq!(shop.query(nothing), "t");
    shop.place.exits(0, &["apply", "--seed", "--env", "live", "--dry-run"]);
    shop.place.exits(0, &["apply", "--env", "live"]);
    assert_eq!(shop.query("SELECT count(*) FROM users"), "0", "without --seed nobody asks");
    shop.place.exits(0, &["apply", "--seed", "--env", "live", "--force", "seed"]);
    assert_eq!(users(&shop), "ann");
    let wrong = "environments: {production: {url: x, production: perhaps}}\n";
    shop.write("pgplumb.yaml", wrong);
    assert!(shop.place.exits(2, &["status", "--env", "production"]).err.contains("boolean"));
}

#[test]
fn what_cannot_be_run_in_one_transaction_is_refused_before_a_migration_is() {
    let shop = shop();
    assert!(seeds(&shop, 2, &[]).err.contains("migrate::no_seeds"));
    for (text, told) in [
        ("COPY users FROM stdin;\n1\tann\n\\.\n", "--rows-per-insert"),
        ("\\copy users FROM 'users.csv'\n", "a command of psql"),
        ("BEGIN;\nSELECT 1;\nCOMMIT;\nBEGIN;\nSELECT 2;\nCOMMIT;\n", "a second one begins"),
        ("SELECT 1;\nROLLBACK;\n", "a ROLLBACK"),
        ("BEGIN;\nSELECT 1;\n", "never ends"),
        ("CREATE INDEX CONCURRENTLY i ON users (name);\n", "this cannot be in one"),
        ("-- pgplumb: backfill key=id\nUPDATE users SET name = name;\n", "batches would be committed"),
    ] {
        shop.write("seeds/staging/bad.sql", text);
        let ran = seeds(&shop, 2, &[]);
        assert!(ran.err.contains(told) && ran.err.contains("migrate::script"), "{told}: {}", ran.err);
        assert!(ran.err.contains("seeds/staging/bad.sql:"), "{}", ran.err);
    }
    assert_eq!(shop.query("SELECT to_regclass('users') IS NULL AND to_regclass('pgplumb.history') IS NULL"), "t");
    // What ends the transaction in another way fails in it.
    shop.write("seeds/staging/bad.sql", "INSERT INTO users VALUES (1, 'ann');\nDO $$ BEGIN COMMIT; END $$;\n");
    assert!(seeds(&shop, 2, &[]).err.contains("2D000"));
    shop.write("seeds/staging/bad.sql", "INSERT INTO users VALUES (1, 'ann');\nVACUUM users;\n");
    assert!(seeds(&shop, 2, &[]).err.contains("VACUUM cannot run inside a transaction block"));
    assert_eq!((shop.query("SELECT count(*) FROM users"), runs(&shop)), ("0".to_owned(), String::new()));
    shop.write("seeds/staging/bad.sql", "-- nothing yet\n");
    assert!(seeds(&shop, 0, &[]).out.starts_with("seeded staging/bad.sql  0 steps"));
    fs::remove_dir_all(shop.place.path().join("seeds/staging")).unwrap();
    let ran = seeds(&shop, 0, &[]);
    assert!(ran.err.contains("there are no seeds for `staging` in `seeds`"), "{}", ran.err);
}

#[test]
fn a_seed_that_acts_as_another_role_or_defers_its_checks_is_written_down_or_not_at_all() {
    let shop = shop();
    shop.migration(
        "20260102000000_friends",
        "CREATE TABLE friends (id int REFERENCES users DEFERRABLE INITIALLY DEFERRED);\n",
        None,
    );
    shop.migration("20260103000000_role", "CREATE ROLE clerk;\nGRANT ALL ON users, friends TO clerk;\n", None);
    shop.write(
        "seeds/a.sql",
        "SET ROLE clerk;\nSET search_path = nowhere;\nINSERT INTO public.users VALUES (1, current_user);\n",
    );
    shop.write(
        "seeds/b.sql",
        "INSERT INTO friends VALUES (2);\nINSERT INTO users VALUES (2, current_user || current_schema());\n",
    );
    shop.write("seeds/c.sql", "INSERT INTO friends VALUES (3);\nSELECT 1;\n");
    let ran = seeds(&shop, 2, &[]);
    assert!(ran.err.contains("the seed `c.sql` fails in line 2") && ran.err.contains("23503"), "{}", ran.err);
    // The first does not reach into the second.
    assert_eq!(users(&shop), "clerk postgrespublic");
    assert_eq!(runs(&shop), "a.sql staging, b.sql staging");
    assert_eq!(shop.query("SELECT count(*) FROM friends"), "1");
}

#[test]
fn who_may_not_keep_the_books_of_seeds_applies_without_them() {
    let shop = shop();
    shop.query(
        "CREATE ROLE keeper LOGIN; GRANT CREATE ON DATABASE shop TO keeper; GRANT ALL ON SCHEMA public TO keeper",
    );
    shop.exits(0, &["apply"]);
    shop.query("GRANT ALL ON SCHEMA pgplumb TO keeper; GRANT ALL ON ALL TABLES IN SCHEMA pgplumb TO keeper; REVOKE ALL ON pgplumb.seed FROM keeper");
    let keeper = shop.url().replace("postgres@", "keeper@");
    shop.write("seeds/a.sql", "SELECT 1;\n");
    shop.migration("20260102000000_more", "CREATE TABLE more ();\n", None);
    shop.place.exits(0, &["apply", "--db", &keeper]);
    let shown = shop.place.exits(0, &["status", "--db", &keeper]).out;
    assert!(!shown.contains("seeds"), "{shown}");
    shop.migration("20260103000000_again", "CREATE TABLE again ();\n", None);
    let ran = shop.place.exits(2, &["apply", "--seed", "--db", &keeper]);
    assert!(ran.err.contains("permission denied for table seed"), "{}", ran.err);
    assert_eq!(shop.query("SELECT to_regclass('again') IS NULL"), "t", "that is known before anything is run");
    shop.query("GRANT SELECT ON pgplumb.seed TO keeper");
    let ran = shop.place.exits(2, &["apply", "--seed", "--db", &keeper]);
    assert!(ran.err.contains("permission denied for table seed") && !ran.err.contains("a.sql"), "{}", ran.err);
    assert_eq!(runs(&shop), "");
}

#[test]
fn many_at_once_run_it_once() {
    let shop = shop();
    seeds_of_a_row(&shop);
    thread::scope(|scope| {
        let handles: Vec<_> = (0..6).map(|_| scope.spawn(|| seeds(&shop, 0, &[]))).collect();
        let seeded = handles.into_iter().map(|handle| handle.join().unwrap());
        assert_eq!(seeded.filter(|ran| ran.out.contains("seeded")).count(), 1);
    });
    assert_eq!((users(&shop).as_str(), runs(&shop).as_str()), ("ann", "slow.sql staging"));
}

/// One that would fail, were it run twice.
fn seeds_of_a_row(shop: &Shop) {
    shop.write("seeds/slow.sql", "SELECT pg_sleep(0.5);\nINSERT INTO users VALUES (1, 'ann');\n");
}

#[test]
fn killed_anywhere_it_runs_once() {
    let shop = shop();
    shop.exits(0, &["apply"]);
    shop.write("seeds/a.sql", "INSERT INTO users VALUES (1, 'ann');\nINSERT INTO users VALUES (2, 'ben');\n");
    shop.write("seeds/b.sql", "INSERT INTO users VALUES (3, 'cat');\n");
    let mut kills = 0;
    for point in 1.. {
        shop.query("TRUNCATE users; DELETE FROM pgplumb.seed");
        let url = shop.url();
        let arguments = ["apply", "--seed", "--db", url.as_str()];
        let died = ran(pgplumb(shop.place.path(), &arguments).env("PGPLUMB_FAULT", point.to_string()));
        // The server may still work for the one that died.
        shop.wait_for(
            "SELECT count(*) = 1 FROM pg_stat_activity WHERE datname = 'shop' AND backend_type = 'client backend'",
        );
        shop.exits(0, &["apply", "--seed"]);
        assert_eq!((users(&shop).as_str(), runs(&shop).as_str()), ("ann ben cat", "a.sql -, b.sql -"), "{point}");
        if died.code == Some(0) {
            break;
        }
        kills += 1;
    }
    assert!(kills >= 9, "{kills}");
}

#[test]
fn after_a_rollback_the_rows_come_again() {
    let shop = shop();
    shop.write("seeds/ann.sql", ANN);
    seeds(&shop, 0, &[]);
    shop.migration("20260102000000_more", "CREATE TABLE more ();\n", Some("DROP TABLE more;\n"));
    seeds(&shop, 0, &[]);
    shop.exits(0, &["rollback", "--allow", "down-lossy", "--yes"]);
    assert_eq!(status(&shop, "staging"), "ann.sql run", "the one that came later took nothing along");
    shop.exits(0, &["rollback", "--allow", "down-lossy", "--yes"]);
    assert_eq!(status(&shop, "staging"), "ann.sql again");
    seeds(&shop, 0, &[]);
    assert_eq!((users(&shop).as_str(), status(&shop, "staging").as_str()), ("ann", "ann.sql run"));
}

#[test]
fn seeds_are_behind_the_gates_and_behind_the_checks() {
    let shop = shop();
    let url = shop.url();
    let configure = |apply: &str| {
        shop.write("pgplumb.yaml", &format!("environments: {{staging: {{url: '{url}'}}}}\napply:\n{apply}"));
    };
    shop.write("seeds/ann.sql", ANN);
    configure("  on_failure: rollback\n  checks: [{name: no, sql: SELECT false}]\n");
    let ran = seeds(&shop, 2, &[]);
    assert!(ran.err.contains("gate::not_rolled_back"), "{}", ran.err);
    assert_eq!((shop.query("SELECT count(*) FROM users"), runs(&shop)), ("0".to_owned(), String::new()));
    configure("  approval: true\n");
    assert!(seeds(&shop, 1, &[]).err.contains("gate::not_approved"), "only a seed is due");
    let hash = |shop: &Shop| seeds(shop, 0, &["--dry-run"]).out.lines().last().unwrap().replace("approval ", "");
    let first = hash(&shop);
    shop.write("seeds/ann.sql", &ANN.replace("'ann'", "'eve'"));
    assert!(seeds(&shop, 1, &["--approval", &first]).err.contains("gate::other_approval"));
    let second = hash(&shop);
    assert_ne!(first, second);
    seeds(&shop, 0, &["--approval", &second]);
    assert_eq!(users(&shop), "eve");
    // A window that is closed now: it opened and closed yesterday.
    let day = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).yesterday().unwrap().strftime("%a").to_string();
    configure(&format!("  windows: [{{days: [{}], from: 00:00, to: 00:01}}]\n", day.to_lowercase()));
    shop.write("seeds/ann.sql", ANN);
    assert!(seeds(&shop, 1, &[]).err.contains("gate::window"));
    seeds(&shop, 0, &["--force", "window"]);
    assert_eq!(users(&shop), "ann");
}

#[test]
fn one_that_does_not_get_its_locks_is_tried_again() {
    let shop = shop();
    let url = shop.url();
    shop.exits(0, &["apply"]);
    shop.write(
        "pgplumb.yaml",
        &format!("environments: {{staging: {{url: '{url}'}}}}\ntimeouts: {{lock: 1500ms}}\napply: {{retries: 1, pause: 10ms}}\n"),
    );
    shop.write("seeds/ann.sql", ANN);
    let holder = "BEGIN; LOCK TABLE users; SELECT pg_sleep(30)";
    let mut psql: Command = shop.cluster.client("psql");
    let mut psql = psql.args(["-X", "-q", "-d", "shop", "-c", holder]).stdout(Stdio::null()).spawn().unwrap();
    shop.wait_for(
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE 'BEGIN; LOCK%' AND wait_event = 'PgSleep')",
    );
    let ran = seeds(&shop, 2, &[]);
    for told in ["migrate::locked", "`ann.sql` did not get its locks in 2 attempts", "again in", "in the way: PID"] {
        assert!(ran.err.contains(told), "{told}: {}", ran.err);
    }
    shop.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'BEGIN; LOCK%'");
    psql.wait().unwrap();
    seeds(&shop, 0, &[]);
    assert_eq!(users(&shop), "ann");
}

#[test]
fn each_of_many_gets_the_seeds_of_its_environment() {
    let shop = shop();
    shop.cluster.create(&["other"]).unwrap();
    let (url, other) = (shop.url(), shop.cluster.url("other"));
    shop.write("pgplumb.yaml", &format!("environments:\n  staging: {{url: '{url}'}}\n  test: {{url: '{other}'}}\n"));
    shop.write("seeds/ann.sql", ANN);
    shop.write("seeds/test/ben.sql", "INSERT INTO users VALUES (2, 'ben');\n");
    let many = ["apply", "--seed", "--env", "staging,test"];
    let dry = shop.place.exits(0, &[&many[..], &["--dry-run"]].concat());
    assert!(dry.err.contains("would seed test/ben.sql"), "{}", dry.err);
    let ran = shop.place.exits(0, &[&many[..], &["--format", "json"]].concat());
    let matrix = document(include_str!("../docs/schema/fleet.v1.json"), &ran.out);
    assert_eq!(matrix["targets"][0]["seeded"], serde_json::json!(["ann.sql"]));
    assert_eq!(matrix["targets"][1]["seeded"], serde_json::json!(["ann.sql", "test/ben.sql"]));
    assert_eq!(shop.cluster.query("other", "SELECT count(*) FROM users").unwrap(), "2");
    // Where nothing but a seed is due there is something to do.
    shop.write("seeds/test/ben.sql", "UPDATE users SET name = 'bert' WHERE id = 2;\n");
    let ran = shop.place.exits(0, &[&many[..], &["--format", "json"]].concat());
    let matrix = document(include_str!("../docs/schema/fleet.v1.json"), &ran.out);
    assert_eq!(
        (&matrix["targets"][0]["seeded"], &matrix["targets"][1]["seeded"][0]),
        (&serde_json::json!([]), &"test/ben.sql".into())
    );
    // A tenant has those of the environment that told of it.
    let tenants = "SELECT 'shop' AS name, 'shop' AS database";
    shop.write("seeds/test/cat.sql", "INSERT INTO users VALUES (3, 'cat');\n");
    shop.place.exits(0, &["apply", "--seed", "--env", "test", "--tenants", tenants]);
    assert_eq!(runs(&shop), "ann.sql staging, test/ben.sql test, test/cat.sql test");
}

#[test]
fn a_folder_that_cannot_be_read_is_named() {
    let shop = shop();
    shop.write("seeds/a.sql", "SELECT 1;\n");
    fs::write(shop.place.path().join("seeds/b.sql"), [0xff, 0xfe]).unwrap();
    let ran = seeds(&shop, 2, &[]);
    assert!(ran.err.contains("seeds/b.sql") && ran.err.contains("UTF-8"), "{}", ran.err);
    let named = Path::new("rows");
    fs::rename(shop.place.path().join("seeds"), shop.place.path().join(named)).unwrap();
    fs::remove_file(shop.place.path().join("rows/b.sql")).unwrap();
    let config = shop.place.read("pgplumb.yaml");
    shop.write("pgplumb.yaml", &format!("{config}seeds: rows\n"));
    assert!(seeds(&shop, 0, &[]).out.contains("seeded a.sql"));
}
