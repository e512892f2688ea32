//! `backup --since DATE`: the rows that changed, and their way back, on a real server.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::Duration;

use age::secrecy::ExposeSecret;
use age::x25519::Identity;
use serde_json::Value;

use crate::harness::migrations::Shop;
use crate::harness::place::Ran;
use crate::runner::document;

/// Old rows and new ones, of each type of time; a key to another table; what is not written or not updated.
const SCHEMA: &str = "
    CREATE TABLE customer (id int PRIMARY KEY, name text, changed_at timestamptz);
    CREATE TABLE \"Orders\" (
        id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        customer int NOT NULL REFERENCES customer,
        note text,
        longer text GENERATED ALWAYS AS (note || '!') STORED,
        changed_at timestamp
    );
    CREATE TABLE event (day date, n int, PRIMARY KEY (day, n)) PARTITION BY RANGE (day);
    CREATE TABLE event_old PARTITION OF event FOR VALUES FROM (MINVALUE) TO ('2026-01-01');
    CREATE TABLE event_new PARTITION OF event FOR VALUES FROM ('2026-01-01') TO (MAXVALUE);
    CREATE TABLE other (id int PRIMARY KEY);
    INSERT INTO customer VALUES
        (1, 'old', '2025-12-31 23:59:59+00'), (2, E'secret\\trow\\ndata', '2026-01-01 00:00:00+00'), (3, 'unknown', NULL);
    INSERT INTO \"Orders\" (customer, note, changed_at) VALUES
        (1, 'old', '2025-12-31 23:59'), (1, 'new', '2026-01-01 00:00'), (2, NULL, '2026-03-01');
    INSERT INTO event VALUES ('2025-12-31', 1), ('2026-01-01', 1), ('2026-02-01', 2);
    INSERT INTO other VALUES (1);";

const DECLARED: &str = "  since: {customer: changed_at, 'public.Ord*': changed_at, public.event: day}\n";

fn shop() -> Shop {
    let shop = Shop::new();
    shop.query(SCHEMA);
    configure(&shop, DECLARED);
    shop
}

fn configure(shop: &Shop, backup: &str) {
    shop.write("pgplumb.yaml", &format!("backup:\n  folder: backups\n{backup}"));
}

fn listed(shop: &Shop) -> Value {
    let text = shop.place.exits(0, &["backup", "list", "--format", "json"]).out;
    document(include_str!("../docs/schema/backups.v1.json"), &text)["backups"].clone()
}

fn name(shop: &Shop, at: usize) -> String {
    listed(shop)[at]["manifest"]["name"].as_str().unwrap().to_owned()
}

fn folder(shop: &Shop, at: usize) -> PathBuf {
    shop.place.path().join("backups").join(name(shop, at))
}

#[track_caller]
fn verify(shop: &Shop, code: i32, name: &str, more: &[&str]) -> Ran {
    let server = shop.cluster.url("postgres");
    shop.place.exits(code, &[&["backup", "verify", name, "--scratch", &server], more].concat())
}

/// Nothing is listed, and nothing is left half.
fn nothing(shop: &Shop) {
    assert_eq!(listed(shop), Value::Array(Vec::new()));
    let left = fs::read_dir(shop.place.path().join("backups")).map(Iterator::count);
    assert_eq!(left.unwrap_or_default(), 0);
}

#[test]
fn only_what_changed_is_taken_and_said_to_be_just_that() {
    let shop = shop();
    let ran = shop.exits(0, &["backup", "--since", "2026-01-01", "--name", "Changes"]);
    assert!(ran.out.contains("_changes: 3 tables, 6 rows changed since 2026-01-01T00:00:00Z, "), "{}", ran.out);
    assert!(ran.err.contains("what was deleted since then, and what other tables have, is not in it"), "{}", ran.err);
    let list = listed(&shop);
    let manifest = &list[0]["manifest"];
    assert_eq!((&manifest["kind"], &manifest["partial"]), (&"since".into(), &true.into()));
    assert_eq!(manifest["rows"], serde_json::json!({"public.\"Orders\"": 2, "public.customer": 2, "public.event": 2}));
    let orders = &manifest["since"]["tables"]["public.\"Orders\""];
    assert_eq!(orders["columns"], serde_json::json!(["id", "customer", "note", "changed_at"]));
    assert_eq!((&orders["type"], &orders["key"][0]), (&"timestamp without time zone".into(), &"id".into()));
    assert_eq!(
        (&manifest["since"]["written"], &manifest["since"]["at"]),
        (&"2026-01-01".into(), &"2026-01-01T00:00:00Z".into())
    );
    let text = shop.place.exits(0, &["backup", "list"]).out;
    assert!(text.contains("  since   shop on ") && text.contains("6 rows changed since 2026"), "{text}");
    let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let folder = folder(&shop, 0);
    assert_eq!((mode(folder.clone()), mode(folder.join("rows-1")), mode(folder.join("schema"))), (0o700, 0o600, 0o600));
    // Neither the log nor the report has rows.
    for kept in ["logs", "reports"] {
        for entry in fs::read_dir(shop.place.path().join(kept)).unwrap().flatten() {
            assert!(!fs::read_to_string(entry.path()).unwrap().contains("secret"));
        }
    }
    let said = verify(&shop, 0, &name(&shop, 0), &[]).out;
    assert!(said.contains("is what was dumped: 3 tables, 6 rows changed since"), "{said}");
    assert!(listed(&shop)[0]["verified_at"].is_string());
}

#[test]
fn a_date_with_an_offset_is_a_moment_for_those_with_a_zone_and_a_clock_for_the_others() {
    let shop = shop();
    let rows = |date: &str| {
        sleep(Duration::from_millis(1100));
        shop.exits(0, &["backup", "--since", date]);
        let list = listed(&shop);
        let rows = &list.as_array().unwrap().last().unwrap()["manifest"]["rows"];
        ["public.customer", "public.\"Orders\"", "public.event"].map(|table| rows[table].as_u64().unwrap())
    };
    // 23:59:59 UTC is 00:59:59 there. NULL is always with them.
    assert_eq!(rows("2026-01-01T00:59:59+01:00"), [3, 1, 2]);
    assert_eq!(rows("2026-01-01T01:00[Europe/Berlin]"), [2, 1, 2]);
    assert_eq!(rows("2026-02-01"), [1, 1, 1]);
    // A part of those that are declared.
    sleep(Duration::from_millis(1100));
    let ran = shop.exits(0, &["backup", "--since", "2026-01-01", "--tables", "public.c*", "event"]);
    assert!(ran.out.contains("2 tables, 4 rows"), "{}", ran.out);
}

#[test]
fn it_is_no_backup_of_the_database() {
    let shop = shop();
    let preflight = |shop: &Shop| shop.place.run(&["preflight", "--db", &shop.url()]).out;
    shop.exits(0, &["backup", "--since", "2026-01-01"]);
    assert!(preflight(&shop).contains("there is no backup of this database"));
    let ran = shop.place.exits(2, &["backup", "verify"]);
    assert!(ran.err.contains("operate::no_backup"), "latest is none of these: {}", ran.err);
    assert!(shop.exits(2, &["restore"]).err.contains("operate::no_backup"));
    sleep(Duration::from_millis(1100));
    shop.exits(0, &["backup", "full", "--name", "all"]);
    sleep(Duration::from_millis(1100));
    shop.exits(0, &["backup", "--since", "2026-01-01", "--name", "last"]);
    // The full one is the last good one, whatever came after it.
    configure(&shop, &format!("{DECLARED}  keep: {{daily: 0, weekly: 0, monthly: 0}}\n"));
    let ran = shop.place.exits(0, &["backup", "prune"]);
    assert!(ran.out.contains("_all  the last good one") && ran.out.contains("removed 2 of 3 backups"), "{}", ran.out);
}

#[test]
fn its_rows_are_merged_over_those_of_a_full_backup_from_before() {
    let shop = shop();
    shop.exits(0, &["backup", "full", "--name", "all"]);
    shop.query(
        "UPDATE customer SET name = 'changed', changed_at = '2026-05-01' WHERE id = 1;
         INSERT INTO customer VALUES (4, 'came', '2026-05-02');
         UPDATE \"Orders\" SET customer = 4, changed_at = '2026-05-02' WHERE id = 1;
         INSERT INTO \"Orders\" (customer, note, changed_at) VALUES (4, E'a\\\\b\\n\\t', '2026-05-03');
         INSERT INTO event VALUES ('2026-05-04', 1);
         DELETE FROM event WHERE n = 2",
    );
    sleep(Duration::from_millis(1100));
    shop.exits(0, &["backup", "--since", "2026-04-30", "--name", "changes"]);
    let changes = name(&shop, 1);
    shop.cluster.create(&["empty"]).unwrap();
    let empty = shop.cluster.url("empty");
    let restore = |code: i32, more: &[&str]| shop.place.exits(code, &[&["restore"], more, &["--db", &empty]].concat());
    let ran = restore(1, &[&changes]);
    assert!(ran.err.contains("operate::only_changes") && ran.err.contains("--merge"), "{}", ran.err);
    assert!(restore(1, &[&changes, "--into-empty", "new"]).err.contains("operate::only_changes"));
    assert!(restore(1, &[&changes, "--swap", "--yes"]).err.contains("operate::only_changes"));
    restore(64, &[&changes, "--merge", "--swap"]);
    assert!(restore(2, &[&changes, "--merge"]).err.contains("operate::no_table"), "there are no tables yet");
    restore(0, &[&name(&shop, 0)]);
    assert!(restore(2, &[&name(&shop, 0), "--merge"]).err.contains("operate::not_changes"));
    // What is newer there stays.
    shop.cluster.query("empty", "UPDATE customer SET name = 'newest', changed_at = '2026-06-01' WHERE id = 3").unwrap();
    shop.cluster.query("empty", "INSERT INTO customer VALUES (4, 'newer', '2026-06-01')").unwrap();
    let ran = restore(0, &[&changes, "--merge"]);
    assert!(ran.out.contains("4 rows written"), "{}{}", ran.out, ran.err);
    assert!(
        ran.err.contains("2 rows left out") && ran.err.contains("what was deleted meanwhile is still there"),
        "{}",
        ran.err
    );
    let rows = |database: &str, table: &str| {
        let sql = format!("SELECT string_agg(t::text, ' ' ORDER BY t::text) FROM {table} AS t");
        shop.cluster.query(database, &sql).unwrap()
    };
    assert_eq!(rows("empty", "\"Orders\""), rows("shop", "\"Orders\""));
    let customers = "SELECT string_agg(name, ' ' ORDER BY id) FROM customer WHERE id <> 2";
    assert_eq!(shop.cluster.query("empty", customers).unwrap(), "changed newest newer");
    assert_eq!(shop.cluster.query("empty", "SELECT count(*) FROM event WHERE n = 2").unwrap(), "1", "deleted rows");
    // Once more changes nothing.
    restore(0, &[&changes, "--merge"]);
    assert_eq!(rows("empty", "\"Orders\""), rows("shop", "\"Orders\""));
}

#[test]
fn a_merge_that_fails_writes_nothing() {
    let shop = shop();
    shop.exits(0, &["backup", "--since", "2026-01-01", "--name", "changes"]);
    let changes = name(&shop, 0);
    shop.query("TRUNCATE customer, \"Orders\", event; CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'no'; END$$; CREATE TRIGGER no BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION no()");
    let counts =
        "SELECT (SELECT count(*) FROM customer) + (SELECT count(*) FROM \"Orders\") + (SELECT count(*) FROM event)";
    // A trigger fires; and a row refers to a customer that did not change.
    shop.exits(2, &["restore", &changes, "--merge"]);
    assert_eq!(shop.query(counts), "0");
    shop.query("DROP TRIGGER no ON event");
    let ran = shop.exits(2, &["restore", &changes, "--merge"]);
    assert!(ran.err.contains("violates foreign key constraint"), "{}", ran.err);
    assert_eq!(shop.query(counts), "0");
    shop.query("INSERT INTO customer VALUES (1, 'old', '2025-01-01')");
    shop.exits(0, &["restore", &changes, "--merge"]);
    assert_eq!(shop.query(counts), "7");
    // A file that is damaged is not even begun with.
    let file = folder(&shop, 0).join("rows-2");
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, bytes).unwrap();
    for arguments in [vec!["restore", &changes, "--merge"], vec!["backup", "verify", &changes]] {
        assert!(shop.exits(1, &arguments).err.contains("operate::damaged"));
    }
}

#[test]
fn it_is_compressed_and_encrypted_as_the_others_are() {
    let key = Identity::generate();
    for (told, layers) in [
        ("  compress: none\n".to_owned(), vec![]),
        ("  compress: gzip:9\n  format: directory\n".to_owned(), vec!["zstd"]),
        (format!("  recipients: [{}]\n  identity: key\n", key.to_public()), vec!["zstd", "age"]),
    ] {
        let shop = shop();
        shop.write("key", key.to_string().expose_secret());
        configure(&shop, &format!("{DECLARED}{told}"));
        shop.exits(0, &["backup", "--since", "2026-01-01"]);
        let list = listed(&shop);
        assert_eq!(list[0]["manifest"]["layers"], serde_json::json!(layers));
        let clear = ["rows-1", "rows-2", "rows-3"]
            .iter()
            .any(|file| fs::read(folder(&shop, 0).join(file)).unwrap().windows(6).any(|some| some == b"secret"));
        // What is small may stand in the clear in zstd as well.
        assert_eq!(clear, if layers == ["zstd"] { clear } else { layers.is_empty() });
        verify(&shop, 0, &name(&shop, 0), &[]);
        shop.query("TRUNCATE event, \"Orders\"");
        shop.exits(0, &["restore", &name(&shop, 0), "--merge"]);
        assert_eq!(shop.query("SELECT count(*) FROM event"), "2");
    }
}

#[test]
fn what_is_declared_wrong_is_said_and_nothing_is_left() {
    let shop = shop();
    shop.query("CREATE TABLE keyless (at timestamptz); CREATE TABLE worded (id int PRIMARY KEY, at text)");
    let refused = |declared: &str, more: &[&str], told: &[&str]| {
        configure(&shop, declared);
        let ran = shop.exits(2, &[&["backup", "--since", "2026-01-01"], more].concat());
        for told in told {
            assert!(ran.err.contains(told), "{told}: {}", ran.err);
        }
        nothing(&shop);
    };
    refused("", &[], &["operate::none_declared", "backup.since"]);
    refused(DECLARED, &["--tables", "other"], &["operate::undeclared", "`other`"]);
    refused(DECLARED, &["--tables", "customer", "oth*"], &["operate::undeclared", "`oth*`"]);
    refused(DECLARED, &["--tables", "nowhere"], &["operate::no_table", "`nowhere`"]);
    refused("  since: {nowhere: at}\n", &[], &["operate::no_table", "`nowhere`"]);
    refused("  since: {event_old: day}\n", &[], &["operate::no_table", "`event_old`"]);
    refused(
        "  since: {customer: at}\n",
        &[],
        &["operate::change_column", "`at` of `public.customer`", "no such column"],
    );
    refused("  since: {worded: at}\n", &[], &["operate::change_column", "it is of type text"]);
    refused("  since: {keyless: at}\n", &[], &["operate::no_key", "`public.keyless`"]);
    configure(&shop, DECLARED);
    for (date, told) in [("soon", "cannot be read"), ("2026-02-30", "cannot be read"), ("2999-01-01", "in the future")]
    {
        let ran = shop.exits(2, &["backup", "--since", date]);
        assert!(ran.err.contains("operate::date") && ran.err.contains(told), "{}", ran.err);
    }
    shop.exits(64, &["backup"]);
    let ran = shop.place.exits(64, &["backup", "--since", "2026-01-01", "full", "--db", &shop.url()]);
    assert!(ran.err.contains("command::before_verb") && ran.err.contains("`--since`"), "{}", ran.err);
    nothing(&shop);
    shop.write("pgplumb.yaml", &format!("backup:\n  folder: /proc/nowhere\n{DECLARED}"));
    let ran = shop.exits(2, &["backup", "--since", "2026-01-01"]);
    assert!(ran.err.contains("operate::file") && ran.err.contains("/proc/nowhere"), "{}", ran.err);
}

#[test]
fn rows_that_row_security_hides_are_not_left_out_in_silence() {
    let shop = shop();
    shop.query(
        "CREATE ROLE clerk LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO clerk;
         ALTER TABLE customer ENABLE ROW LEVEL SECURITY; CREATE POLICY a_few ON customer USING (id > 2)",
    );
    let clerk = shop.url().replace("postgres@", "clerk@");
    let ran = shop.place.exits(2, &["backup", "--since", "2026-01-01", "--db", &clerk]);
    assert!(ran.err.contains("row-level security") || ran.err.contains("row security"), "{}", ran.err);
    nothing(&shop);
}
