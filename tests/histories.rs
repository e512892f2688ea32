//! `baseline --from`: the history of another tool comes into the books, and what the other verbs say afterwards.
//!
//! Each table is made as its tool makes it.

mod tools;

use serde_json::Value;

use crate::harness::migrations::Shop;
use crate::harness::place::Ran;
use crate::runner::document;

const FLYWAY: &str = "
    CREATE TABLE flyway_schema_history (
        installed_rank INT NOT NULL, version VARCHAR(50), description VARCHAR(200) NOT NULL, type VARCHAR(20) NOT NULL,
        script VARCHAR(1000) NOT NULL, checksum INTEGER, installed_by VARCHAR(100) NOT NULL,
        installed_on TIMESTAMP NOT NULL DEFAULT now(), execution_time INTEGER NOT NULL, success BOOLEAN NOT NULL
    );
    ALTER TABLE flyway_schema_history ADD CONSTRAINT flyway_schema_history_pk PRIMARY KEY (installed_rank);
    CREATE INDEX flyway_schema_history_s_idx ON flyway_schema_history (success);
    INSERT INTO flyway_schema_history VALUES
        (1, '1', 'orders', 'SQL', 'V1__orders.sql', 1432166640, 'shop', '2024-01-31 12:00:00', 250, true),
        (2, '1.1', 'order notes', 'SQL', 'V1.1__order_notes.sql', 1, 'boss', '2024-02-29 12:00:00', 3, true);
";

const SQLX: &str = "
    CREATE TABLE _sqlx_migrations (
        version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on TIMESTAMPTZ NOT NULL DEFAULT now(),
        success BOOLEAN NOT NULL, checksum BYTEA NOT NULL, execution_time BIGINT NOT NULL
    );
";

const GOLANG_MIGRATE: &str =
    "CREATE TABLE schema_migrations (version bigint not null primary key, dirty boolean not null);";

/// What the tools' migrations make.
const ORDERS: &str = "CREATE TABLE orders (id bigint PRIMARY KEY);\n";
const NOTES: &str = "ALTER TABLE orders ADD note text;\n";

/// A database as a tool left it.
fn left_by(history: &str) -> Shop {
    let shop = Shop::new();
    shop.query(&format!("{ORDERS}{NOTES}{history}"));
    shop
}

/// The books: migration, time, role, duration, what it came with.
fn books(shop: &Shop) -> String {
    shop.query(
        "SELECT string_agg(concat_ws(' ', id, started_at AT TIME ZONE 'UTC', applied_by, extract(epoch FROM duration)::float,
            origin ->> 'tool', length(up_sql), down_sql), E'\\n' ORDER BY run)
         FROM pgplumb.history WHERE origin IS NOT NULL",
    )
}

fn status(shop: &Shop, code: i32) -> Value {
    let text = shop.exits(code, &["status", "--format", "json"]).out;
    document(include_str!("../docs/schema/status.v1.json"), &text)
}

/// `20240101000000_orders applied` of each.
fn standings(shop: &Shop, code: i32) -> Vec<String> {
    let status = status(shop, code);
    let one = |one: &Value| format!("{} {}", one["id"].as_str().unwrap(), one["standing"].as_str().unwrap());
    status["migrations"].as_array().unwrap().iter().map(one).collect()
}

/// What it says on stderr, without the ends of lines and what stands at the head of them.
fn said(ran: &Ran) -> String {
    ran.err.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ")
}

/// Nothing was written and nothing changed.
#[track_caller]
fn untouched(shop: &Shop) {
    let count = "SELECT to_regclass('pgplumb.history') IS NULL";
    assert_eq!(shop.query(count), "t");
}

#[test]
fn flyway_comes_with_its_times_and_roles() {
    let shop = left_by(FLYWAY);
    let ran = shop.exits(0, &["baseline", "--from", "flyway"]);
    assert_eq!(
        ran.out,
        "took 20240131120000_1_orders as applied\ntook 20240229120000_1.1_order_notes as applied\n\
         2 migrations of flyway from public.flyway_schema_history came on record\n\
         the state of shop on "
            .to_owned()
            + ran.out.rsplit_once("the state of shop on ").unwrap().1
    );
    assert!(ran.err.starts_with("note: of 2 migrations no file is here"), "{}", ran.err);
    assert_eq!(
        books(&shop),
        "20240131120000_1_orders 2024-01-31 12:00:00 shop 0.25 flyway 0\n\
         20240229120000_1.1_order_notes 2024-02-29 12:00:00 boss 0.003 flyway 0"
    );
    let ran = shop.exits(0, &["status"]);
    assert!(
        ran.out.contains("20240131120000_1_orders         applied  2024-01-31 12:00:00 by shop, with flyway, 0.25 s"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("the schema is what the last run left"), "{}", ran.out);
    let ran = shop.exits(0, &["history"]);
    let words = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("_1.1_order_notes applied 2024-02-29 12:00:00 by boss, with flyway, 0.00 s"), "{words}");
    let export = document(include_str!("../docs/schema/history.v1.json"), &shop.exits(0, &["history", "--export"]).out);
    let run = export["runs"].as_array().unwrap().iter().find(|run| run["name"] == "1.1_order_notes").unwrap();
    assert_eq!((&run["origin"]["version"], &run["kind"]), (&Value::from("1.1"), &Value::from("baseline")));
    let audit = export["audit"].as_array().unwrap();
    assert!(audit.iter().any(|row| row["what"] == "baselined" && row["record"]["origin"]["tool"] == "flyway"));
    shop.exits(0, &["verify", "--audit"]);
    assert_eq!(shop.exits(0, &["apply"]).out, "nothing to apply\n");
}

#[test]
fn what_was_taken_over_once_stays_and_what_came_since_is_added() {
    let shop = left_by(FLYWAY);
    shop.exits(0, &["baseline", "--from", "auto"]);
    let before = books(&shop);
    shop.query(
        "INSERT INTO flyway_schema_history VALUES
            (3, '2', 'more', 'SQL', 'V2__more.sql', 7, 'shop', '2024-03-31 12:00:00', 1, true)",
    );
    let ran = shop.exits(0, &["baseline", "--from", "auto"]);
    assert!(
        ran.out.contains("1 migration of flyway from public.flyway_schema_history came on record, 2 were before\n"),
        "{}",
        ran.out
    );
    assert_eq!(books(&shop), format!("{before}\n20240331120000_2_more 2024-03-31 12:00:00 shop 0.001 flyway 0"));
    let ran = shop.exits(0, &["baseline", "--from", "flyway"]);
    assert!(ran.out.starts_with("0 migrations of flyway"), "{}", ran.out);
}

#[test]
fn nothing_of_it_is_planned_away_or_seen_as_drift() {
    let shop = left_by(FLYWAY);
    shop.write("schema/orders.sql", "CREATE TABLE orders (id bigint PRIMARY KEY, note text);\n");
    let server = shop.cluster.url("postgres");
    let url = shop.url();
    let plan = ["plan", "--stdout", "--db", &url, "--scratch", &server, "--allow", "all"];
    assert!(shop.place.run(&plan).out.contains("DROP TABLE"), "nobody told it yet");
    shop.exits(0, &["baseline", "--from", "flyway"]);
    let ran = shop.place.exits(0, &plan);
    assert!(!ran.out.contains("flyway"), "{}{}", ran.out, ran.err);
    let text = shop.place.exits(0, &["diff", &url, "schema", "--scratch", &server]);
    assert_eq!(text.out, "");
    assert_eq!(shop.exits(0, &["drift"]).code, 0);
    shop.exits(0, &["verify"]);
    assert!(!shop.exits(0, &["dump"]).out.contains("flyway"));
    // Who declares it all the same is not told to make it.
    let declared = FLYWAY.split("INSERT").next().unwrap();
    shop.write("schema/flyway.sql", declared);
    let ran = shop.place.exits(0, &plan);
    assert!(!ran.out.contains("CREATE TABLE"), "{}{}", ran.out, ran.err);
    // What comes on top is planned from the database, applied and taken back.
    std::fs::remove_file(shop.place.path().join("schema/flyway.sql")).unwrap();
    shop.write("schema/orders.sql", "CREATE TABLE orders (id bigint PRIMARY KEY, note text, total numeric);\n");
    shop.plan(&["--name", "total"]);
    shop.exits(0, &["apply"]);
    assert_eq!(shop.exits(0, &["status"]).code, 0);
    shop.exits(0, &["rollback", "--allow", "down-lossy"]);
    let ran = shop.exits(1, &["rollback", "--yes"]);
    assert!(said(&ran).contains("migrate::irreversible") && said(&ran).contains("flyway applied it"), "{}", ran.err);
    assert_eq!(shop.query("SELECT count(*) FROM flyway_schema_history"), "2");
}

#[test]
fn the_text_of_a_file_comes_with_it_where_it_is_what_was_applied() {
    let shop = left_by(FLYWAY);
    let crc = "UPDATE flyway_schema_history SET checksum = CASE version WHEN '1' THEN 1127450519 ELSE NULL END";
    shop.query(crc);
    // Lines end in another way on another machine.
    shop.write("db/V1__orders.sql", "123456789\r\n");
    shop.write("db/V1.1__order_notes.sql", NOTES);
    shop.write("db/U1.1__order_notes.sql", "ALTER TABLE orders DROP note;\n");
    shop.write("db/V2__later.sql", "SELECT 1;\n");
    let baseline = ["baseline", "--from", "flyway", "--files", "db"];
    let ran = shop.exits(1, &baseline);
    assert!(said(&ran).contains("foreign::differs") && said(&ran).contains("`db/V1__orders.sql`"), "{}", ran.err);
    untouched(&shop);
    shop.query("UPDATE flyway_schema_history SET checksum = -873187034 WHERE version = '1'");
    let ran = shop.exits(0, &baseline);
    assert!(said(&ran).contains("1 file is not applied") && said(&ran).contains("`V2__later`"), "{}", ran.err);
    assert_eq!(
        books(&shop),
        "20240131120000_1_orders 2024-01-31 12:00:00 shop 0.25 flyway 11\n\
         20240229120000_1.1_order_notes 2024-02-29 12:00:00 boss 0.003 flyway 34 ALTER TABLE orders DROP note;"
    );
    shop.exits(0, &["verify", "--audit"]);
    // Under its name in the folder it is the same migration, and one that may be replayed.
    shop.migration("20240131120000_1_orders", "123456789\r\n", None);
    let note = "20240229120000_1.1_order_notes applied";
    assert_eq!(standings(&shop, 0), ["20240131120000_1_orders applied", note]);
    // What has a down can be taken back, once somebody says that it may lose something.
    let ran = shop.exits(1, &["rollback"]);
    assert!(said(&ran).contains("migrate::down_lossy"), "{}", ran.err);
    shop.exits(0, &["rollback", "--allow", "down-lossy"]);
    assert_eq!(
        shop.query("SELECT count(*) FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attname = 'note'"),
        "0"
    );
    let ran = shop.exits(1, &["rollback", "--allow", "down-lossy"]);
    assert!(said(&ran).contains("there was no down then"), "{}", ran.err);
}

#[test]
fn sqlx_is_held_against_its_files_wherever_they_are() {
    let shop = left_by(SQLX);
    let (one, two) = ("20240131120000_orders", "20240229120000_order_notes");
    shop.query(&format!(
        "INSERT INTO _sqlx_migrations VALUES
            (20240131120000, 'orders', '2024-01-31 13:00:00+00', true, sha384('{ORDERS}'), 1500000),
            (20240229120000, 'order notes', '2024-02-29 13:00:00+00', true, sha384('{NOTES}'), -1)"
    ));
    shop.migration(one, ORDERS, Some("DROP TABLE orders;\n"));
    shop.migration(two, "ALTER TABLE orders ADD note varchar;\n", None);
    let ran = shop.exits(1, &["baseline", "--from", "sqlx"]);
    assert!(said(&ran).contains("foreign::differs") && said(&ran).contains("order_notes/up.sql"), "{}", ran.err);
    untouched(&shop);
    shop.migration(two, NOTES, None);
    shop.migration(
        "20240331120000_total",
        "ALTER TABLE orders ADD total numeric;\n",
        Some("ALTER TABLE orders DROP total;\n"),
    );
    let ran = shop.exits(0, &["baseline", "--from", "sqlx"]);
    assert_eq!(ran.err, "");
    assert_eq!(
        books(&shop),
        "20240131120000_orders 2024-01-31 13:00:00 postgres 0.0015 sqlx 45 DROP TABLE orders;\n\n\
         20240229120000_order_notes 2024-02-29 13:00:00 postgres sqlx 34"
    );
    let standing =
        |total: &str| [format!("{one} applied"), format!("{two} applied"), format!("20240331120000_total {total}")];
    assert_eq!(standings(&shop, 1), standing("pending"));
    let ran = shop.exits(0, &["apply"]);
    assert!(ran.out.starts_with("applied 20240331120000_total"), "{}", ran.out);
    assert_eq!(standings(&shop, 0), standing("applied"));
    shop.exits(0, &["rollback", "--allow", "down-lossy"]);
    let ran = shop.exits(1, &["status"]);
    assert!(ran.out.contains("2024-01-31 13:00:00, with sqlx, 0.00 s"), "{}", ran.out);
}

#[test]
fn golang_migrate_leaves_it_to_the_files_what_came_before() {
    let shop = left_by(GOLANG_MIGRATE);
    shop.query("INSERT INTO schema_migrations VALUES (2, false)");
    shop.write("db/000001_orders.up.sql", ORDERS);
    shop.write("db/000001_orders.down.sql", "DROP TABLE orders;\n");
    shop.write("db/000002_order_notes.up.sql", NOTES);
    shop.write("db/000002_order_notes.down.sql", "ALTER TABLE orders DROP note;\n");
    shop.write("db/000003_total.up.sql", "ALTER TABLE orders ADD total numeric;\n");
    shop.write("db/000003_total.down.sql", "ALTER TABLE orders DROP total;\n");
    let ran = shop.exits(0, &["baseline", "--from", "auto", "--files", "db"]);
    assert!(ran.err.starts_with("note: 1 file is not applied") && said(&ran).contains("`000003_total`"), "{}", ran.err);
    assert_eq!(standings(&shop, 0), ["00000000000001_orders applied", "00000000000002_order_notes applied"]);
    let ran = shop.exits(0, &["status"]);
    assert!(ran.out.contains("00000000000002_order_notes  applied  with golang-migrate, taken over 20"), "{}", ran.out);
    shop.exits(0, &["rollback", "--allow", "down-lossy"]);
    assert_eq!(shop.query("SELECT version FROM schema_migrations"), "2", "it is only read");
}

#[test]
fn golang_migrate_goes_on_and_only_what_is_new_is_added() {
    let shop = left_by(GOLANG_MIGRATE);
    shop.query("INSERT INTO schema_migrations VALUES (2, false)");
    // The files come later.
    shop.exits(0, &["baseline", "--from", "auto"]);
    shop.write("db/000001_orders.up.sql", ORDERS);
    shop.write("db/000002_order_notes.up.sql", NOTES);
    shop.write("db/000003_total.up.sql", "ALTER TABLE orders ADD total numeric;\n");
    shop.query("UPDATE schema_migrations SET version = 3; ALTER TABLE orders ADD total numeric");
    assert!(shop.exits(1, &["drift"]).out.contains("total"));
    let ran = shop.exits(0, &["baseline", "--from", "auto", "--files", "db"]);
    assert!(ran.out.contains("2 migrations of golang-migrate") && ran.out.contains(", 1 were before"), "{}", ran.out);
    assert_eq!(
        standings(&shop, 0),
        ["00000000000001_orders applied", "00000000000002_golang-migrate applied", "00000000000003_total applied"]
    );
}

#[test]
fn what_is_replayed_and_planned_goes_on_from_it() {
    let shop = left_by(SQLX);
    shop.query(&format!(
        "INSERT INTO _sqlx_migrations VALUES
            (20240131120000, 'orders', '2024-01-31 13:00:00+00', true, sha384('{ORDERS}'), 1),
            (20240229120000, 'order notes', '2024-02-29 13:00:00+00', true, sha384('{NOTES}'), 1)"
    ));
    shop.migration("20240131120000_orders", ORDERS, None);
    shop.migration("20240229120000_order_notes", NOTES, None);
    shop.exits(0, &["baseline", "--from", "auto"]);
    shop.write("schema/orders.sql", "CREATE TABLE orders (id bigint PRIMARY KEY, note text, total numeric);\n");
    // Planned without the database, which has a table more.
    shop.plan_replayed(&["--name", "total"]);
    let ran = shop.exits(0, &["apply"]);
    assert!(ran.out.contains("_total"), "{}", ran.out);
    shop.exits(0, &["verify"]);
    shop.exits(0, &["rollback", "--allow", "down-lossy"]);
    shop.exits(0, &["verify"]);
    assert_eq!(shop.query("SELECT count(*) FROM _sqlx_migrations"), "2");
    // Once all of it is forgotten, the table is one as any other.
    for id in ["20240229120000_order_notes", "20240131120000_orders"] {
        shop.query(&format!("DELETE FROM pgplumb.history WHERE id = '{id}'"));
    }
    assert!(shop.exits(0, &["dump"]).out.contains("_sqlx_migrations"));
}

#[test]
fn golang_migrate_without_files_is_one_migration() {
    let shop = left_by(GOLANG_MIGRATE);
    shop.query("INSERT INTO schema_migrations VALUES (20240131120000, false)");
    let ran = shop.exits(0, &["baseline", "--from", "golang-migrate"]);
    assert!(ran.out.starts_with("took 20240131120000_golang-migrate as applied\n1 migration of"), "{}", ran.out);
}

#[test]
fn what_failed_or_is_not_whole_is_refused() {
    let cases = [
        (
            FLYWAY,
            "UPDATE flyway_schema_history SET success = false WHERE version = '1.1'",
            "`V1.1__order_notes.sql` failed",
        ),
        (GOLANG_MIGRATE, "INSERT INTO schema_migrations VALUES (3, true)", "version `3` is dirty"),
        (SQLX, "INSERT INTO _sqlx_migrations VALUES (5, 'x', now(), false, '', 0)", "version `5` failed"),
    ];
    for (history, sql, why) in cases {
        let shop = left_by(history);
        shop.query(sql);
        let ran = shop.exits(1, &["baseline", "--from", "auto"]);
        assert!(said(&ran).contains("foreign::unfinished") && said(&ran).contains(why), "{}", ran.err);
        assert_eq!(ran.out, "");
        untouched(&shop);
    }
}

#[test]
fn it_has_to_be_clear_which_history_is_meant() {
    let shop = left_by(FLYWAY);
    shop.query(GOLANG_MIGRATE);
    shop.query("INSERT INTO schema_migrations VALUES (7, false)");
    let ran = shop.exits(2, &["baseline", "--from", "auto"]);
    assert!(said(&ran).contains("foreign::several"), "{}", ran.err);
    assert!(said(&ran).contains("flyway in public.flyway_schema_history, golang-"), "{}", ran.err);
    let ran = shop.exits(2, &["baseline", "--from", "django"]);
    assert!(said(&ran).contains("foreign::none") && said(&ran).contains("`django_migrations`"), "{}", ran.err);
    let ran = shop.exits(2, &["baseline", "--from", "dbmate"]);
    assert!(said(&ran).contains("foreign::not_of_tool") && said(&ran).contains("`version`"), "{}", ran.err);
    let ran = shop.exits(2, &["baseline", "--from", "auto", "--history-table", "orders"]);
    assert!(said(&ran).contains("foreign::unknown") && said(&ran).contains("`public.orders`"), "{}", ran.err);
    let ran = shop.exits(2, &["baseline", "--from", "auto", "--history-table", "audit.log"]);
    assert!(said(&ran).contains("foreign::no_table"), "{}", ran.err);
    shop.exits(64, &["baseline", "--from", "liquibase"]);
    shop.exits(64, &["baseline", "--history-table", "orders"]);
    shop.exits(64, &["baseline", "--from", "auto", "--to", "x"]);
    untouched(&shop);
    // The plain verb does what it did, and says what else there is.
    let ran = shop.exits(0, &["baseline"]);
    assert!(said(&ran).contains("note: the history of flyway is in public.flyway_schema_history: `pgplumb baseline --from flyway` takes it over"), "{}", ran.err);
    // One after the other.
    shop.exits(0, &["baseline", "--from", "flyway"]);
    let ran = shop.exits(0, &["baseline"]);
    assert!(!said(&ran).contains("flyway") && said(&ran).contains("golang-migrate"), "{}", ran.err);
    shop.exits(0, &["baseline", "--from", "golang-migrate"]);
    assert_eq!(shop.exits(0, &["baseline"]).err, "");
    assert_eq!(status(&shop, 0)["summary"]["applied"], 3);
}

#[test]
fn a_table_of_another_name_in_another_schema_is_named() {
    let shop = Shop::new();
    shop.query(&format!(
        "CREATE SCHEMA \"Audit\"; SET search_path = \"Audit\"; {}",
        FLYWAY.replace("flyway_schema_history", "schema_version")
    ));
    let ran = shop.exits(2, &["baseline", "--from", "auto"]);
    assert!(said(&ran).contains("foreign::none") && said(&ran).contains("--history-table"), "{}", ran.err);
    let ran = shop.exits(0, &["baseline", "--from", "auto", "--history-table", "\"Audit\".schema_version"]);
    assert!(ran.out.contains("2 migrations of flyway from \"Audit\".schema_version"), "{}", ran.out);
    // The schema holds nothing else, and is as little ours.
    shop.write("schema/orders.sql", ORDERS);
    let server = shop.cluster.url("postgres");
    let ran = shop.exits(0, &["plan", "--stdout", "--scratch", &server]);
    assert!(!ran.out.contains("Audit") && ran.out.contains("CREATE TABLE"), "{}", ran.out);
}

#[test]
fn an_empty_history_and_one_that_may_not_be_read_are_told() {
    let shop = left_by(SQLX);
    let ran = shop.exits(2, &["baseline", "--from", "auto"]);
    assert!(said(&ran).contains("foreign::empty"), "{}", ran.err);
    shop.query("CREATE ROLE clerk LOGIN; REVOKE ALL ON _sqlx_migrations FROM PUBLIC");
    let url = shop.url().replace("postgres@", "clerk@").replace("user=postgres", "user=clerk");
    let ran = shop.place.run(&["baseline", "--from", "sqlx", "--db", &url]);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("permission denied for table _sqlx_migrations"), "{}", ran.err);
    untouched(&shop);
}

#[test]
fn who_may_not_look_into_the_books_reads_the_rest_as_before() {
    let shop = left_by(FLYWAY);
    shop.exits(0, &["baseline", "--from", "flyway"]);
    shop.query("CREATE ROLE clerk LOGIN; GRANT USAGE ON SCHEMA public TO clerk");
    let url = shop.url().replacen("postgres@", "clerk@", 1);
    let dumped = shop.place.exits(0, &["dump", "--db", &url]).out;
    assert!(dumped.contains("CREATE TABLE") && dumped.contains("flyway_schema_history"), "{dumped}");
    shop.query("GRANT USAGE ON SCHEMA pgplumb TO clerk; GRANT SELECT ON pgplumb.history TO clerk");
    let dumped = shop.place.exits(0, &["dump", "--db", &url]).out;
    assert!(dumped.contains("CREATE TABLE") && !dumped.contains("flyway_schema_history"), "{dumped}");
}

#[test]
fn no_password_is_told_whatever_goes_wrong() {
    let shop = left_by(SQLX);
    let url = shop.url().replacen("postgres@", "postgres:hunter2@", 1);
    assert!(url.contains("hunter2"));
    let mut told = String::new();
    let mut run = |code: i32, more: &[&str]| {
        let ran = shop.place.exits(code, &[&["baseline", "--db", &url], more].concat());
        told.push_str(&ran.out);
        told.push_str(&ran.err);
    };
    run(2, &["--from", "auto"]);
    run(2, &["--from", "flyway"]);
    run(2, &["--from", "sqlx", "--history-table", "no.such"]);
    run(2, &["--from", "sqlx", "--history-table", "a.b.c.d"]);
    run(2, &["--from", "sqlx", "--files", "nowhere"]);
    shop.query("INSERT INTO _sqlx_migrations VALUES (1, 'password=hunter2', now(), false, '', 0)");
    run(1, &["--from", "sqlx"]);
    shop.query("UPDATE _sqlx_migrations SET success = true, description = 'first'");
    run(0, &[]);
    run(0, &["--from", "sqlx"]);
    for folder in ["logs", "reports"] {
        for entry in std::fs::read_dir(shop.place.path().join(folder)).into_iter().flatten().flatten() {
            told.push_str(&std::fs::read_to_string(entry.path()).unwrap());
        }
    }
    assert!(told.contains("sqlx") && !told.contains("hunter2"), "{told}");
}
