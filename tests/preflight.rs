//! `preflight`: what it finds on a real server, and that it takes nothing unseen for well.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;

use pgplumb::operate::preflight::CHECKS;
use serde_json::Value;

use crate::harness::cluster::Cluster;
use crate::harness::migrations::Shop;
use crate::harness::place::Place;
use crate::harness::program::{pgplumb, ran};

const PASSWORD: &str = "hunter2-is-secret";

/// The document, after a look whether it is one.
fn document(text: &str) -> Value {
    let schema: Value = serde_json::from_str(include_str!("../docs/schema/preflight.v1.json")).unwrap();
    let document: Value = serde_json::from_str(text).unwrap();
    let wrong: Vec<String> =
        jsonschema::validator_for(&schema).unwrap().iter_errors(&document).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:?}\n{text}");
    document
}

/// How a check ended, and all that it said.
fn check(document: &Value, code: &str) -> (String, String) {
    let check = document["checks"].as_array().unwrap().iter().find(|check| check["code"] == code).unwrap();
    let said = check["said"].as_str().map(str::to_owned);
    let found = check["findings"].as_array().unwrap().iter().map(|one| one["what"].as_str().unwrap().to_owned());
    let said: Vec<String> = said.into_iter().chain(found).collect();
    (check["standing"].as_str().unwrap().to_owned(), said.join("; "))
}

#[track_caller]
fn says(document: &Value, code: &str, standing: &str, words: &str) {
    let (stands, said) = check(document, code);
    assert!(stands == standing && said.contains(words), "{code}: {stands}: {said}");
}

fn shop(settings: &[&str]) -> Shop {
    let cluster = Cluster::start_with(settings).unwrap();
    cluster.create(&["shop"]).unwrap();
    Shop { cluster, place: Place::new() }
}

fn looked(shop: &Shop, code: i32, more: &[&str]) -> Value {
    document(&shop.exits(code, &[&["preflight", "--format", "json"], more].concat()).out)
}

/// A server whose settings are those of a server in use.
const SOUND: &[&str] = &["fsync=on", "full_page_writes=on", "autovacuum=on"];

#[test]
fn a_sound_server_has_nothing_to_say_against_it() {
    let shop = shop(SOUND);
    shop.exits(0, &["backup", "full"]);
    let ran = shop.exits(0, &["preflight", "--strict"]);
    assert!(ran.err.is_empty(), "{}", ran.err);
    assert!(ran.out.starts_with("shop on ") && ran.out.contains("(PostgreSQL 15."), "{}", ran.out);
    let lines: Vec<String> =
        ran.out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    for line in [
        "fine tls by a socket on this machine",
        "fine pooler each session has a process of its own",
        "fine server-settings none does",
        "note role-rights the role is a superuser, which is more than migrations need",
        "fine migrations-pending none is",
        "fine wraparound 0 % are used up",
    ] {
        assert!(lines.iter().any(|one| one == line), "{line}\n{}", ran.out);
    }
    assert!(lines.last().unwrap().starts_with(&format!("{} checks: ", CHECKS.len())), "{}", ran.out);
    assert_eq!(shop.query("SELECT to_regnamespace('pgplumb') IS NULL"), "t", "it only looks");
}

#[test]
fn settings_that_lose_data_are_warnings_and_errors_where_one_is_strict() {
    let shop = shop(&["zero_damaged_pages=on"]);
    let said = looked(&shop, 0, &[]);
    says(&said, "server-settings", "warning", "`fsync` is `off`: a crash of the machine");
    says(&said, "server-settings", "warning", "`zero_damaged_pages` is `on`");
    let strict = looked(&shop, 1, &["--strict"]);
    says(&strict, "server-settings", "error", "`fsync` is `off`");
    assert_eq!(strict["summary"]["warning"], Value::Null);
    let ran = shop.exits(1, &["preflight", "--strict"]);
    assert!(ran.out.contains("error     server-settings") && ran.out.contains("ALTER SYSTEM RESET"), "{}", ran.out);
}

#[test]
fn a_server_that_is_not_there_is_a_finding_and_the_rest_is_not_seen() {
    let place = Place::new();
    let ran = place.exits(1, &["preflight", "--format", "json", "--db", "postgresql://me@127.0.0.1:1/shop"]);
    let said = document(&ran.out);
    says(&said, "connection", "error", "cannot connect to 127.0.0.1:1");
    says(&said, "wraparound", "unseen", "the server was not reached");
    says(&said, "migrations-pending", "unseen", "the books could not be read");
    says(&said, "disk-here", "fine", "free");
    assert_eq!(said["server"], Value::Null);
    place.exits(2, &["preflight"]);
}

#[test]
fn what_stands_in_the_way_is_named() {
    let shop =
        shop(&["max_prepared_transactions=4", "wal_level=logical", "max_wal_senders=2", "max_replication_slots=2"]);
    shop.write("pgplumb.yaml", "preflight: {transaction: 1s}");
    shop.query("CREATE TABLE t (n int)");
    let prepare = shop.place.path().join("prepare.sql");
    fs::write(&prepare, "BEGIN; INSERT INTO t VALUES (1); PREPARE TRANSACTION 'forgotten';").unwrap();
    shop.cluster.psql("shop", &prepare).unwrap();
    shop.query("SELECT pg_create_physical_replication_slot('lost_standby', true)");
    shop.query("ALTER SYSTEM SET max_locks_per_transaction = 100");
    shop.query("SELECT pg_reload_conf()");
    let mut reader = shop.cluster.client("psql");
    let mut reader =
        reader.args(["-X", "-q", "-d", "shop"]).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let input = reader.stdin.as_mut().unwrap();
    input.write_all(b"SET application_name = 'reporting';\nBEGIN;\nSELECT 'row data' FROM t;\n").unwrap();
    input.flush().unwrap();
    shop.wait_for(
        "SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'reporting' AND clock_timestamp() - xact_start > '2.1 s'",
    );
    shop.wait_for("SELECT count(*) = 1 FROM pg_settings WHERE pending_restart AND name = 'max_locks_per_transaction'");
    let said = looked(&shop, 0, &[]);
    drop(reader.stdin.take());
    reader.wait().unwrap();
    says(&said, "prepared-transactions", "warning", "`forgotten` of postgres is prepared for");
    says(&said, "replication-slots", "note", "nobody reads from `lost_standby`, which keeps");
    says(&said, "pending-restart", "warning", "`max_locks_per_transaction` will change with the next restart");
    says(&said, "long-transactions", "warning", ", postgres, reporting, idle in transaction, is in a transaction for ");
    assert!(!said.to_string().contains("row data"));
    shop.query("ROLLBACK PREPARED 'forgotten'");
    says(&looked(&shop, 0, &[]), "prepared-transactions", "fine", "none is");
}

#[test]
fn a_role_that_owns_nothing_is_told_what_it_may_not() {
    let shop = Shop::new();
    shop.query("CREATE ROLE app LOGIN; CREATE TABLE orders (id int); CREATE TABLE audit_log (id int)");
    shop.write(
        "schema/a.sql",
        "CREATE EXTENSION citext;\nCREATE EXTENSION IF NOT EXISTS nowhere;\nCREATE EXTENSION pageinspect;\n",
    );
    let app = shop.url().replace("postgres@", "app@");
    let said = document(&shop.place.exits(1, &["preflight", "--format", "json", "--db", &app]).out);
    says(&said, "role-rights", "error", "the role may not create the schema `pgplumb`");
    says(&said, "role-rights", "error", "2 relations may be changed by their owners alone");
    says(&said, "role-rights", "error", "`public.audit_log of postgres`");
    says(&said, "extensions", "error", "the server does not have `nowhere` (schema/a.sql:2)");
    says(&said, "extensions", "error", "the role may not create `pageinspect` (schema/a.sql:3)");
    says(&said, "disk-there", "unseen", "pg_read_all_settings");
    shop.query(
        "GRANT CREATE ON DATABASE shop TO app; ALTER TABLE orders OWNER TO app; ALTER TABLE audit_log OWNER TO app",
    );
    shop.write("schema/a.sql", "CREATE EXTENSION citext;\n");
    let said = document(&shop.place.exits(0, &["preflight", "--format", "json", "--db", &app]).out);
    says(&said, "role-rights", "fine", "it owns what is there");
    says(&said, "extensions", "fine", "citext");
    // Somebody else's session shows nothing to a role without the right to see it.
    let mut other = shop.cluster.client("psql");
    let mut other = other.args(["-X", "-q", "-d", "shop"]).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    other.stdin.as_mut().unwrap().write_all(b"SET application_name = 'other';\n").unwrap();
    shop.wait_for("SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'other'");
    let said = document(&shop.place.exits(0, &["preflight", "--format", "json", "--db", &app]).out);
    drop(other.stdin.take());
    other.wait().unwrap();
    says(&said, "long-transactions", "unseen", "GRANT pg_read_all_stats");
    says(&said, "blocking-autovacuum", "unseen", "GRANT pg_read_all_stats");
}

#[test]
fn migrations_are_counted_and_those_that_failed_are_errors() {
    let shop = Shop::new();
    shop.migration("20260101000000_good", "CREATE TABLE a ();\n", None);
    shop.migration("20260102000000_bad", "SELECT 1 / 0;\n", None);
    says(&looked(&shop, 0, &[]), "migrations-pending", "note", "2 migrations are due: `20260101000000_good`");
    shop.exits(2, &["apply"]);
    let said = looked(&shop, 1, &[]);
    says(&said, "migrations-failed", "error", "failed, or cut off half-way: `20260102000000_bad`");
    shop.migration("20260101000000_good", "CREATE TABLE b ();\n", None);
    says(&looked(&shop, 1, &[]), "migrations-failed", "error", "not what is in the folder now: `20260101000000_good`");
}

#[test]
fn a_run_is_stopped_before_it_begins_and_goes_on_where_that_is_forced() {
    let shop = Shop::new();
    shop.migration("20260101000000_a", "CREATE TABLE a ();\n", None);
    shop.query("ALTER DATABASE shop SET default_transaction_read_only = on");
    let ran = shop.exits(1, &["apply"]);
    assert!(
        ran.err.contains("command::preflight") && ran.err.contains("read-only: sessions of this role"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("Set `default_transaction_read_only = off` again."), "{}", ran.err);
    // Past the check it is the books that cannot be written.
    let ran = shop.exits(1, &["apply", "--force", "read-only"]);
    assert!(ran.err.starts_with("read-only: sessions of this role"), "{}", ran.err);
    assert!(ran.err.contains("migrate::read_only"), "{}", ran.err);
    shop.exits(64, &["apply", "--force", "tls"]);
    assert_eq!(
        shop.cluster.query("shop", "SELECT to_regnamespace('pgplumb') IS NULL").unwrap(),
        "t",
        "nothing was written"
    );
    says(&looked(&shop, 1, &[]), "read-only", "error", "may only read");
}

#[test]
fn secrets_are_judged_and_never_told() {
    let shop = Shop::new();
    shop.write(
        "pgplumb.yaml",
        "environments: {live: {url: 'postgresql://me:hunter2-is-secret@127.0.0.1:1/shop'}}\npreflight:\n  variables:\n    \
         SESSION_KEY: {secret: true}\n    REGION: {}\n    TOKEN: {min_length: 40}\n",
    );
    let mode = |mode| {
        let file = shop.place.path().join("pgplumb.yaml");
        fs::set_permissions(file, fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(0o644);
    let url = shop.url();
    let run = |key: &str| {
        let reports = ["--report", "reports", "--db", url.as_str()];
        let mut command =
            pgplumb(shop.place.path(), &[["preflight", "--format", "json"].as_slice(), &reports].concat());
        let done = ran(command.env("SESSION_KEY", key).env("TOKEN", PASSWORD).env_remove("REGION"));
        assert!(!done.out.contains(PASSWORD) && !done.err.contains(PASSWORD), "{}{}", done.out, done.err);
        document(&done.out)
    };
    let said = run(PASSWORD);
    says(
        &said,
        "file-permissions",
        "warning",
        "others may read the configuration `pgplumb.yaml`, which holds a secret (mode 644)",
    );
    says(&said, "variables", "error", "`SESSION_KEY` holds a word that everybody tries first");
    says(&said, "variables", "error", "`REGION` is not set");
    says(&said, "variables", "error", "`TOKEN` has fewer than 40 characters");
    mode(0o600);
    says(&run("kf93mvA8xLw0qPz7"), "file-permissions", "fine", "nobody can");
    for entry in fs::read_dir(shop.place.path().join("reports")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        assert!(path.file_name().unwrap().to_string_lossy().starts_with("preflight-20") && !text.contains(PASSWORD));
        let report: Value = serde_json::from_str(&text).unwrap();
        document(&report["result"].to_string());
    }
    for more in [["--env", "live"], ["--db", "postgresql://me:hunter2-is-secret@127.0.0.1:1/shop"]] {
        let done = ran(&mut pgplumb(shop.place.path(), &["preflight", more[0], more[1]]));
        assert_eq!(done.code, Some(1));
        assert!(!done.out.contains(PASSWORD) && !done.err.contains(PASSWORD), "{}{}", done.out, done.err);
    }
}

/// The checks as a page, by what they say themselves.
fn page() -> String {
    let mut text = "# Preflight\n\nWhat `pgplumb preflight` looks at, by code. An error ends it with 1, and so does a warning with \
        `--strict`; a note never does.\nWhat could not be looked at is \"not seen\", with the reason. `apply` makes the checks that \
        are marked before it runs anything,\nand stops at an error unless `--force CODE` lets it through.\nThis page is made of the \
        checks.\n"
        .to_owned();
    for check in CHECKS {
        let (why, mend) = (textwrap::fill(check.why, 110), textwrap::fill(check.mend, 110));
        let stops = if check.stops { " Its errors stop `apply`." } else { "" };
        text.push_str(&format!(
            "\n### {}\n\nIt should be so that {}.{stops}\n\n{why}\n\n{mend}\n",
            check.code, check.title
        ));
    }
    text
}

#[test]
fn the_page_of_the_checks_is_what_the_checks_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/preflight.md");
    if std::env::var_os("PGPLUMB_BLESS").is_some() {
        fs::write(&path, page()).unwrap();
    }
    assert_eq!(fs::read_to_string(path).unwrap(), page(), "run it with PGPLUMB_BLESS=1");
}
