//! Backups and their way back, with the programs of PostgreSQL on a real server.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::Duration;

use age::secrecy::ExposeSecret;
use age::x25519::Identity;
use serde_json::Value;

use crate::harness::dump::first_difference;
use crate::harness::migrations::Shop;
use crate::harness::program::{pgplumb, ran};

const PASSWORD: &str = "hunter2-is-secret";

/// A schema with what does not come back by itself: owners, privileges, keys, sequences, a view that is filled.
const SCHEMA: &str = "
    CREATE ROLE clerk; CREATE ROLE reader;
    CREATE TYPE state AS ENUM ('new', 'paid');
    CREATE TABLE customer (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);
    CREATE TABLE orders (
        id bigserial PRIMARY KEY, customer bigint NOT NULL REFERENCES customer, state state NOT NULL DEFAULT 'new');
    CREATE MATERIALIZED VIEW paid AS SELECT customer, count(*) FROM orders GROUP BY customer;
    CREATE UNIQUE INDEX paid_customer ON paid (customer);
    CREATE TABLE \"Odd \"\"name\"\"\" (n int);
    ALTER TABLE orders OWNER TO clerk;
    GRANT SELECT ON customer TO reader;
    INSERT INTO customer (name) SELECT 'secret row data' FROM generate_series(1, 100);
    INSERT INTO orders (customer) SELECT n % 100 + 1 FROM generate_series(1, 500) AS n;
    INSERT INTO \"Odd \"\"name\"\"\" VALUES (1), (2);
    REFRESH MATERIALIZED VIEW paid;";

fn shop() -> Shop {
    let shop = Shop::new();
    shop.query(SCHEMA);
    shop
}

fn listed(shop: &Shop, code: i32) -> Value {
    let text = shop.place.exits(code, &["backup", "list", "--format", "json"]).out;
    let schema: Value = serde_json::from_str(include_str!("../docs/schema/backups.v1.json")).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let wrong: Vec<String> =
        jsonschema::validator_for(&schema).unwrap().iter_errors(&document).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:?}\n{text}");
    document["backups"].clone()
}

fn folders(shop: &Shop) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(shop.place.path().join("backups")) else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

/// Restores the newest on a scratch database of the test's own server.
#[track_caller]
fn verified(shop: &Shop, more: &[&str]) -> String {
    let server = shop.cluster.url("postgres");
    shop.place.exits(0, &[&["backup", "verify", "--scratch", &server], more].concat()).out
}

fn dump(shop: &Shop, database: &str) -> String {
    shop.cluster.dump(database).unwrap()
}

/// Another session that holds a table until it is dropped.
fn holder(shop: &Shop, table: &str) -> Child {
    let mut session = shop.cluster.client("psql");
    let mut session =
        session.args(["-X", "-q", "-d", "shop"]).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let lock = format!("BEGIN; LOCK TABLE {table};\n");
    session.stdin.as_mut().unwrap().write_all(lock.as_bytes()).unwrap();
    shop.wait_for(&format!(
        "SELECT count(*) = 1 FROM pg_locks WHERE relation = '{table}'::regclass AND mode LIKE 'AccessEx%'"
    ));
    session
}

fn release(mut session: Child) {
    drop(session.stdin.take());
    session.wait().unwrap();
}

#[test]
fn a_full_backup_is_listed_verified_and_restored_where_nothing_is() {
    let shop = shop();
    let ran = shop.exits(0, &["backup", "full", "--name", "Before Release"]);
    assert!(
        ran.out.starts_with("backed up shop into backups/20")
            && ran.out.contains("_before-release: 3 tables, 602 rows, "),
        "{}",
        ran.out
    );
    let list = listed(&shop, 0);
    let manifest = &list[0]["manifest"];
    assert_eq!(manifest["rows"]["public.\"Odd \"\"name\"\"\""], 2);
    assert_eq!((&manifest["layers"][0], &manifest["roles"]["clerk"]), (&"zstd".into(), &false.into()));
    assert_eq!(manifest["roles"]["postgres"], true);
    let folder = &folders(&shop)[0];
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(folder), mode(&folder.join("dump")), mode(&folder.join("manifest.json"))), (0o700, 0o600, 0o600));
    assert!(shop.place.exits(0, &["backup", "list"]).out.contains("3 tables, 602 rows"), "for people");
    let said = verified(&shop, &[]);
    assert!(said.contains("is what was dumped: 3 tables, 602 rows, restored on a "), "{said}");
    assert!(listed(&shop, 0)[0]["verified_at"].is_string());

    let refused = shop.exits(1, &["restore"]);
    assert!(refused.err.contains("operate::not_empty") && refused.err.contains("`Odd \"name\"`"), "{}", refused.err);
    shop.cluster.create(&["empty"]).unwrap();
    let ran = shop.place.exits(0, &["restore", "--db", &shop.cluster.url("empty")]);
    assert!(ran.out.ends_with("into `empty`: 3 tables, 602 rows\n"), "{}", ran.out);
    let before = dump(&shop, "shop");
    assert_eq!(first_difference(&dump(&shop, "empty"), &before), None);
    let ran = shop.exits(0, &["restore", "latest", "--into-empty", "Copy of it"]);
    assert!(ran.out.contains("into `Copy of it`"), "{}", ran.out);
    assert_eq!(first_difference(&dump(&shop, "Copy of it"), &before), None);
    assert!(shop.exits(2, &["restore", "--into-empty", "empty"]).err.contains("operate::database_exists"));
    assert!(shop.exits(2, &["restore", "before"]).err.contains("operate::no_backup"));
    let sum = "SELECT count(*) || ' ' || (SELECT sum(count) FROM paid) || ' ' || nextval('orders_id_seq') FROM orders";
    assert_eq!(shop.cluster.query("empty", sum).unwrap(), "500 500 501");
}

#[test]
fn a_backup_takes_the_place_of_a_database_with_all_that_belongs_to_it() {
    let shop = shop();
    shop.query(
        "ALTER DATABASE shop SET search_path = \"$user\", public, \"Odd, one\"; ALTER ROLE clerk IN DATABASE shop SET work_mem = '7MB';
        ALTER DATABASE shop CONNECTION LIMIT 30; REVOKE ALL ON DATABASE shop FROM PUBLIC; GRANT CONNECT ON DATABASE shop TO reader;
        COMMENT ON DATABASE shop IS 'the shop''s own'; ALTER DATABASE shop OWNER TO clerk",
    );
    let facts = "SELECT concat_ws('|', datacl, datconnlimit, pg_get_userbyid(datdba), shobj_description(d.oid, 'pg_database'),
        (SELECT string_agg(concat(setrole::regrole, setconfig), '; ' ORDER BY setrole) FROM pg_db_role_setting WHERE setdatabase = d.oid))
        FROM pg_database AS d WHERE datname = 'shop'";
    let before = (shop.query(facts), dump(&shop, "shop"));
    shop.exits(0, &["backup", "full"]);
    shop.query("DELETE FROM orders; DROP TABLE customer CASCADE; CREATE TABLE newer (n int)");
    let ran = shop.exits(1, &["restore", "--swap"]);
    assert!(ran.err.contains("say so with `--yes`"), "{}", ran.err);
    let other = holder(&shop, "newer");
    let ran = shop.exits(0, &["restore", "--swap", "--yes"]);
    release(other);
    let old = ran.out.split("what was there before is `").nth(1).unwrap().split('`').next().unwrap();
    assert_eq!(shop.query(facts), before.0);
    assert_eq!(first_difference(&dump(&shop, "shop"), &before.1), None);
    assert_eq!(shop.query("SELECT count(*) FROM orders"), "500");
    assert_eq!(shop.cluster.query(old, "SELECT to_regclass('newer') IS NOT NULL").unwrap(), "t", "the old one is kept");
    assert_eq!(shop.query("SELECT count(*) FROM pg_database WHERE datname LIKE 'shop%'"), "2");
}

#[test]
fn an_encrypted_backup_is_never_there_in_the_clear() {
    let shop = shop();
    let key = Identity::generate();
    shop.write("key.txt", key.to_string().expose_secret());
    shop.write("other.txt", Identity::generate().to_string().expose_secret());
    shop.write("pgplumb.yaml", &format!("backup: {{recipients: [{}], compress: none}}\n", key.to_public()));
    shop.exits(0, &["backup", "full"]);
    let bytes = fs::read(folders(&shop)[0].join("dump")).unwrap();
    assert!(bytes.starts_with(b"age-encryption.org/v1"));
    assert!(
        !bytes.windows(15).any(|some| some == b"secret row data") && !bytes.windows(8).any(|some| some == b"customer")
    );
    let server = shop.cluster.url("postgres");
    let verify = ["backup", "verify", "--scratch", &server];
    assert!(shop.place.exits(2, &verify).err.contains("operate::no_identity"));
    let ran = shop.place.exits(2, &[&verify[..], &["--identity", "other.txt"]].concat());
    assert!(ran.err.contains("operate::identity"), "{}", ran.err);
    verified(&shop, &["--identity", "key.txt"]);
    shop.exits(0, &["restore", "--into-empty", "copy", "--identity", "key.txt"]);
    assert_eq!(first_difference(&dump(&shop, "copy"), &dump(&shop, "shop")), None);
    shop.write("pgplumb.yaml", &format!("backup: {{recipients: [{}], format: directory}}\n", key.to_public()));
    assert!(shop.exits(2, &["backup", "full"]).err.contains("operate::settings"));
    shop.write("pgplumb.yaml", "backup: {recipients: [age1nobody]}\n");
    assert!(shop.exits(2, &["backup", "full"]).err.contains("`age1nobody` is no recipient of age"));
    assert_eq!(folders(&shop).len(), 1, "what failed has left nothing");
}

#[test]
fn several_jobs_write_and_read_a_folder() {
    let shop = shop();
    shop.write("pgplumb.yaml", "backup: {format: directory, jobs: 2, compress: 'gzip:1'}\n");
    shop.exits(0, &["backup", "full"]);
    assert!(folders(&shop)[0].join("dump/toc.dat").is_file());
    verified(&shop, &[]);
    shop.exits(0, &["restore", "--into-empty", "copy"]);
    assert_eq!(first_difference(&dump(&shop, "copy"), &dump(&shop, "shop")), None);
}

#[test]
fn rows_and_schema_are_backed_up_by_themselves() {
    let shop = shop();
    shop.exits(0, &["backup", "schema"]);
    let said = verified(&shop, &[]);
    assert!(said.contains("is what was dumped: the schema"), "{said}");
    let ran = shop.exits(2, &["backup", "data", "--tables", "nothing*"]);
    assert!(ran.err.contains("operate::no_table"), "{}", ran.err);
    sleep(Duration::from_millis(1100));
    shop.exits(0, &["backup", "data", "--tables", "Odd*", "public.customer", "--name", "some"]);
    let list = listed(&shop, 0);
    let manifest = &list[1]["manifest"];
    assert_eq!((&manifest["partial"], &manifest["rows"]["public.customer"]), (&true.into(), &100.into()));
    verified(&shop, &[]);
    for place in [["--into-empty", "copy"].as_slice(), &["--swap", "--yes"]] {
        let ran = shop.exits(2, &[&["restore"], place].concat());
        assert!(ran.err.contains("operate::not_whole"), "{}", ran.err);
    }
    sleep(Duration::from_millis(1100));
    // Its keys lead to rows that are not in it.
    shop.exits(0, &["backup", "data", "--tables", "orders"]);
    verified(&shop, &[]);
    sleep(Duration::from_millis(1100));
    shop.exits(0, &["backup", "data", "--name", "all"]);
    verified(&shop, &[]);
    let ran = shop.exits(1, &["restore"]);
    assert!(ran.err.contains("operate::rows_there") && ran.err.contains("`public.orders`"), "{}", ran.err);
    shop.query("TRUNCATE orders, customer, \"Odd \"\"name\"\"\"");
    shop.exits(0, &["restore"]);
    assert_eq!(shop.query("SELECT count(*) || ' ' || nextval('orders_id_seq') FROM orders"), "500 501");
}

/// The triggers of the books write nothing into the audit that it gets back, whoever restores.
#[test]
fn the_rows_of_the_books_come_back_as_they_were() {
    for role in ["postgres", "keeper"] {
        let shop = Shop::new();
        shop.query("CREATE ROLE keeper LOGIN CREATEDB; ALTER DATABASE shop OWNER TO keeper");
        let url = |database: &str| shop.cluster.url(database).replace("postgres@", &format!("{role}@"));
        shop.migration("20260101000000_t", "CREATE TABLE t (n int);\n", None);
        shop.write("seeds/t.sql", "INSERT INTO t VALUES (1);\n");
        shop.place.exits(0, &["apply", "--seed", "--db", &url("shop")]);
        let because = ["--because", "it was so"];
        shop.migration("20260101000000_t", "-- why\nCREATE TABLE t (n int);\n", None);
        shop.place.exits(0, &[&["repair", "t", "--accept", "--db", &url("shop")], &because[..]].concat());
        shop.place.exits(0, &["backup", "schema", "--name", "schema", "--db", &url("shop")]);
        sleep(Duration::from_millis(1100));
        shop.place.exits(0, &["backup", "data", "--name", "data", "--db", &url("shop")]);
        shop.cluster.query("postgres", "CREATE DATABASE empty OWNER keeper").unwrap();
        let named = |name: &str| {
            let found = folders(&shop).into_iter().find(|folder| folder.to_string_lossy().ends_with(name)).unwrap();
            found.file_name().unwrap().to_string_lossy().into_owned()
        };
        for name in ["schema", "data"] {
            shop.place.exits(0, &["restore", &named(name), "--db", &url("empty")]);
        }
        let ran = shop.place.exits(0, &["verify", "--audit", "--db", &url("empty")]);
        assert!(ran.out.contains(" rows since "), "{}", ran.out);
    }
}

#[test]
fn damage_is_found() {
    let shop = shop();
    shop.exits(0, &["backup", "full"]);
    let file = folders(&shop)[0].join("dump");
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, &bytes).unwrap();
    listed(&shop, 0);
    let ran = shop.place.exits(1, &["backup", "verify"]);
    assert!(ran.err.contains("operate::damaged") && ran.err.contains("`dump` is not what was written"), "{}", ran.err);
    assert!(shop.exits(1, &["restore", "--into-empty", "copy"]).err.contains("operate::damaged"));
    fs::write(&file, &bytes[1..]).unwrap();
    let ran = shop.place.exits(1, &["backup", "list"]);
    assert!(ran.out.contains("damaged: `dump` has "), "{}", ran.out);
    fs::remove_file(&file).unwrap();
    assert_eq!(listed(&shop, 1)[0]["damage"], "`dump` is not there");
}

#[test]
fn a_backup_that_is_not_what_it_says_is_not_verified_nor_put_in_place() {
    let shop = shop();
    shop.exits(0, &["backup", "full"]);
    let path = folders(&shop)[0].join("manifest.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("\"public.orders\": 500", "\"public.orders\": 501")).unwrap();
    let server = shop.cluster.url("postgres");
    let ran = shop.place.exits(1, &["backup", "verify", "--scratch", &server]);
    assert!(ran.out.contains("`public.orders` has 500 rows instead of 501"), "{}", ran.out);
    let ran = shop.exits(1, &["restore", "--swap", "--yes"]);
    assert!(ran.err.contains("operate::differs"), "{}", ran.err);
    assert_eq!(shop.query("SELECT count(*) FROM pg_database WHERE datname LIKE 'shop%'"), "1", "nothing is left of it");
}

#[test]
fn what_is_cut_off_is_never_listed() {
    let shop = shop();
    let other = holder(&shop, "orders");
    let url = shop.url();
    // Not by way of the harness, whose time limit would take the kill.
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_pgplumb"));
    command.args(["backup", "full", "--db", &url]).current_dir(shop.place.path());
    let mut backup = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    shop.wait_for(
        "SELECT count(*) > 0 FROM pg_stat_activity WHERE application_name = 'pg_dump' AND wait_event_type = 'Lock'",
    );
    assert_eq!(shop.place.exits(0, &["backup", "list"]).out, "there are no backups\n");
    assert_eq!(folders(&shop).len(), 1, "it is on its way");
    backup.kill().unwrap();
    backup.wait().unwrap();
    release(other);
    assert_eq!(shop.place.exits(0, &["backup", "list"]).out, "there are no backups\n");
    // The program that was left alone ends by itself.
    shop.wait_for("SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name = 'pg_dump'");
    sleep(Duration::from_millis(1100));
    shop.exits(0, &["backup", "full"]);
    assert_eq!(listed(&shop, 0).as_array().unwrap().len(), 1);
    shop.query("CREATE ROLE nobody LOGIN");
    let app = shop.url().replace("postgres@", "nobody@");
    let ran = shop.place.exits(2, &["backup", "full", "--name", "refused", "--db", &app]);
    assert!(ran.err.contains("operate::program") && ran.err.contains("permission denied"), "{}", ran.err);
    assert!(folders(&shop).iter().all(|path| !path.to_string_lossy().contains("refused")));
}

#[test]
fn old_ones_go_and_the_last_good_one_stays() {
    let shop = shop();
    for name in ["a", "b", "c"] {
        shop.exits(0, &["backup", "full", "--name", name]);
        sleep(Duration::from_millis(1100));
    }
    for (folder, day) in folders(&shop).iter().zip(["2020-01-01", "2020-01-02", "2020-01-02"]) {
        let path = folder.join("manifest.json");
        let mut manifest: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        manifest["purpose"] = "pre-migration".into();
        manifest["started_at"] = format!("{day}T00:00:00Z").into();
        fs::write(&path, manifest.to_string()).unwrap();
    }
    let ran = shop.place.exits(0, &["backup", "prune", "--dry-run"]);
    assert!(
        ran.out.contains("_c  the last good one\n") && ran.out.ends_with("would remove 2 of 3 backups\n"),
        "{}",
        ran.out
    );
    assert_eq!(folders(&shop).len(), 3);
    shop.place.exits(0, &["backup", "prune"]);
    assert!(matches!(folders(&shop).as_slice(), [one] if one.to_string_lossy().ends_with("_c")));
    let said = shop.exits(0, &["preflight"]).out;
    assert!(said.contains("last-backup") && said.contains("h old, more than 25 h"), "{said}");
}

#[test]
fn a_run_is_backed_up_before() {
    let shop = shop();
    shop.exits(0, &["apply", "--backup"]);
    shop.migration("20270101000000_held", "-- pgplumb: phase contract\n\nDROP TABLE \"Odd \"\"name\"\"\";\n", None);
    shop.exits(0, &["apply", "--backup"]);
    assert!(folders(&shop).is_empty(), "nothing was due");
    shop.migration("20260101000000_a", "CREATE TABLE a (n int);\n", Some("DROP TABLE a;\n"));
    let ran = shop.exits(0, &["apply", "--backup"]);
    assert!(ran.err.contains("backed up shop into ") && ran.err.contains("_before-apply"), "{}", ran.err);
    shop.query("INSERT INTO a VALUES (1)");
    sleep(Duration::from_millis(1100));
    shop.exits(0, &["rollback", "--backup", "--allow", "down-lossy"]);
    let list = listed(&shop, 0);
    assert_eq!(
        (&list[0]["manifest"]["purpose"], &list[1]["manifest"]["rows"]["public.a"]),
        (&"pre-migration".into(), &1.into())
    );
    let said = shop.exits(0, &["preflight"]).out;
    assert!(said.contains("the last one is 0 min old"), "{said}");
    // Where it cannot be made, nothing is run.
    shop.write("pgplumb.yaml", "backup: {recipients: [age1nobody]}\n");
    shop.exits(2, &["apply", "--backup"]);
    assert_eq!(shop.query("SELECT to_regclass('a') IS NULL"), "t");
}

#[test]
fn no_password_is_told_or_written_or_given_as_an_argument() {
    let shop = shop();
    let url = shop.url().replace("postgres@", &format!("postgres:{PASSWORD}@"));
    let wrong = format!("postgresql://me:{PASSWORD}@127.0.0.1:1/shop");
    let verbs: &[&[&str]] = &[
        &["backup", "data", "--tables", "orders", "--name", "d"],
        &["backup", "full"],
        &["backup", "list"],
        &["restore", "--into-empty", "copy"],
        &["restore", "--swap", "--yes"],
    ];
    for verb in verbs {
        // The newest is the one to restore.
        sleep(Duration::from_millis(1100));
        for (at, url) in [&url, &wrong].into_iter().enumerate() {
            let mut command = pgplumb(shop.place.path(), verb);
            let done = ran(command.env("DATABASE_URL", url));
            assert!(!done.out.contains(PASSWORD) && !done.err.contains(PASSWORD), "{verb:?}: {}{}", done.out, done.err);
            assert_eq!(done.code == Some(0), at == 0 || verb.contains(&"list"), "{verb:?}: {}{}", done.out, done.err);
        }
    }
    for folder in folders(&shop) {
        for entry in fs::read_dir(folder).unwrap() {
            let bytes = fs::read(entry.unwrap().path()).unwrap();
            assert!(!bytes.windows(PASSWORD.len()).any(|some| some == PASSWORD.as_bytes()));
        }
    }
    let other = holder(&shop, "orders");
    let mut command = pgplumb(shop.place.path(), &["backup", "full", "--name", "argv"]);
    let mut backup = command.env("DATABASE_URL", &url).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    shop.wait_for(
        "SELECT count(*) > 0 FROM pg_stat_activity WHERE application_name = 'pg_dump' AND wait_event_type = 'Lock'",
    );
    let mut seen = 0;
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Ok(arguments) = fs::read(entry.path().join("cmdline")) else { continue };
        let arguments = String::from_utf8_lossy(&arguments).into_owned();
        if arguments.contains("pg_dump") && arguments.contains("--snapshot=") {
            seen += 1;
            assert!(!arguments.contains(PASSWORD), "{arguments}");
        }
    }
    release(other);
    assert!(backup.wait().unwrap().success());
    assert!(seen > 0, "the program was looked at while it ran");
}
