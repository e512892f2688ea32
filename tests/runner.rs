//! The verbs beside `apply`: back, state, repair.

use serde_json::Value;

use crate::harness::dump::first_difference;
use crate::harness::migrations::Shop;
use crate::harness::program::{pgplumb, ran};

const ORDERS: &str = "CREATE TABLE orders (id bigint PRIMARY KEY, note text);\n";

/// A document that fits its schema.
pub(crate) fn document(schema: &str, text: &str) -> Value {
    let schema: Value = serde_json::from_str(schema).unwrap();
    let document: Value = serde_json::from_str(text).unwrap();
    let wrong: Vec<String> =
        jsonschema::validator_for(&schema).unwrap().iter_errors(&document).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:?}\n{text}");
    document
}

fn status(shop: &Shop, code: i32) -> Value {
    let text = shop.exits(code, &["status", "--format", "json"]).out;
    document(include_str!("../docs/schema/status.v1.json"), &text)
}

/// `orders applied, more pending`.
fn standings(status: &Value) -> String {
    let one = |one: &Value| format!("{} {}", &one["id"].as_str().unwrap()[15..], one["standing"].as_str().unwrap());
    status["migrations"].as_array().unwrap().iter().map(one).collect::<Vec<_>>().join(", ")
}

#[test]
fn what_was_planned_is_rolled_back_to_where_it_started_with_the_down_of_the_books() {
    let shop = Shop::new();
    shop.write("schema/orders.sql", ORDERS);
    shop.plan(&["--name", "orders"]);
    shop.exits(0, &["apply"]);
    let before = shop.cluster.dump("shop").unwrap();
    shop.write("schema/orders.sql", "CREATE TABLE orders (id bigint PRIMARY KEY, total numeric NOT NULL DEFAULT 0);\nCREATE INDEX orders_total ON orders (total);\n");
    shop.plan(&["--name", "total"]);
    shop.exits(0, &["apply"]);
    // An older checkout knows nothing of it.
    for entry in std::fs::read_dir(shop.place.path().join("generated")).unwrap().flatten() {
        if entry.file_name().to_string_lossy().ends_with("_total") {
            std::fs::remove_dir_all(entry.path()).unwrap();
        }
    }
    assert!(standings(&status(&shop, 1)).ends_with("total missing"));
    let ran = shop.exits(0, &["rollback", "--dry-run"]);
    assert!(
        ran.out.contains("would roll back") && ran.out.contains("lossy: ") && ran.out.contains("note"),
        "{}",
        ran.out
    );
    let ran = shop.exits(1, &["rollback", "--yes"]);
    assert!(ran.err.contains("migrate::down_lossy") && ran.err.contains("orders.note"), "{}", ran.err);
    shop.exits(1, &["rollback", "--allow", "down-lossy:orders.other"]);
    let ran = shop.exits(0, &["rollback", "--allow", "down-lossy:public.orders.note"]);
    assert!(ran.out.starts_with("rolled back ") && ran.out.contains("_total"), "{}", ran.out);
    assert_eq!(first_difference(&shop.cluster.dump("shop").unwrap(), &before), None);
    let outcome =
        "SELECT outcome || ' ' || (rolled_back_at IS NOT NULL) FROM pgplumb.history ORDER BY run DESC LIMIT 1";
    assert_eq!(shop.query(outcome), "rolled_back true");
    shop.exits(0, &["verify"]);
}

#[test]
fn migrations_go_back_newest_first_and_come_again() {
    let shop = Shop::new();
    for (number, table) in ["a", "b", "c"].iter().enumerate() {
        let id = format!("2026010{}000000_{table}", number + 1);
        shop.migration(&id, &format!("CREATE TABLE {table} ();\n"), Some(&format!("DROP TABLE {table};\n")));
    }
    shop.migration("20260104000000_d", "CREATE TABLE d ();\n", None);
    shop.exits(0, &["apply", "--to", "c"]);
    let ran = shop.exits(1, &["rollback"]);
    assert!(ran.err.contains("nobody measured"), "{}", ran.err);
    let ran = shop.exits(0, &["rollback", "--to", "a", "--allow", "down-lossy"]);
    assert!(ran.out.find("20260103000000_c").unwrap() < ran.out.find("20260102000000_b").unwrap(), "{}", ran.out);
    assert_eq!(standings(&status(&shop, 1)), "a applied, b rolled-back, c rolled-back, d pending");
    assert_eq!(shop.query("SELECT concat(to_regclass('a'), to_regclass('b'), to_regclass('c'))"), "a");
    shop.exits(0, &["apply"]);
    assert_eq!(standings(&status(&shop, 0)), "a applied, b applied, c applied, d applied");
    let ran = shop.exits(1, &["rollback"]);
    assert!(ran.err.contains("migrate::irreversible") && ran.err.contains("it has no down"), "{}", ran.err);
    let ran = shop.exits(0, &["history"]);
    assert_eq!(ran.out.lines().filter(|line| line.contains("rolled back")).count(), 2, "{}", ran.out);
    let export = document(include_str!("../docs/schema/history.v1.json"), &shop.exits(0, &["history", "--export"]).out);
    let runs = export["runs"].as_array().unwrap();
    assert!(runs.iter().any(|run| run["down_sql"] == "DROP TABLE b;\n" && run["outcome"] == "rolled_back"));
}

#[test]
fn a_rollback_that_fails_half_way_goes_on() {
    let shop = Shop::new();
    let down = "DROP TABLE a;\nDROP TABLE b;\n";
    shop.migration("20260101000000_two", "CREATE TABLE a ();\nCREATE TABLE b ();\n", Some(down));
    shop.exits(0, &["apply"]);
    shop.query("CREATE VIEW v AS SELECT FROM b");
    let ran = shop.exits(1, &["rollback", "--allow", "down-lossy"]);
    assert!(ran.err.contains("migrate::drift") && ran.err.contains("+ view public.v"), "{}", ran.err);
    let ran = shop.exits(2, &["rollback", "--allow", "down-lossy", "--force", "drift"]);
    assert!(ran.err.contains("step 2") && ran.err.contains("`pgplumb rollback` goes on"), "{}", ran.err);
    assert_eq!(standings(&status(&shop, 1)), "two half-rolled-back");
    assert!(shop.exits(2, &["apply"]).err.contains("is half rolled back"));
    let ran = shop.exits(1, &["resume", "--explain"]);
    assert!(ran.out.contains("1  done: DROP TABLE a") && ran.out.contains("2  to do: DROP TABLE b"), "{}", ran.out);
    shop.query("DROP VIEW v");
    shop.exits(0, &["resume"]);
    assert_eq!(standings(&status(&shop, 1)), "two rolled-back");
    assert_eq!(shop.exits(0, &["resume"]).out, "nothing was cut off\n");
}

#[test]
fn the_state_is_told_for_people_and_programs() {
    let shop = Shop::new();
    shop.migration("20260101000000_orders", ORDERS, None);
    let ran = shop.exits(1, &["status"]);
    assert!(
        ran.out.contains("20260101000000_orders  pending") && ran.out.contains("nothing is on record"),
        "{}",
        ran.out
    );
    assert_eq!(shop.query("SELECT to_regnamespace('pgplumb') IS NULL"), "t", "it only looks");
    assert!(shop.exits(2, &["verify"]).err.contains("migrate::no_record"));
    shop.exits(0, &["apply", "--ticket", "SHOP-7"]);
    let ran = shop.exits(0, &["status"]);
    assert!(
        ran.out.contains("orders  applied  20") && ran.out.contains(" by postgres") && ran.out.contains("SHOP-7"),
        "{}",
        ran.out
    );
    shop.migration("20260102000000_fails", "SELECT 1 / 0;\n", None);
    shop.exits(2, &["apply"]);
    shop.query("ALTER TABLE orders DROP note");
    let status = status(&shop, 1);
    assert_eq!(standings(&status), "orders applied, fails failed");
    assert_eq!(status["migrations"][1]["error"], "division by zero");
    assert_eq!(status["drift"]["differences"][0], "- column public.orders.note");
    let ran = shop.exits(1, &["verify"]);
    assert!(ran.out.contains("1 difference") && ran.out.contains("- column public.orders.note"), "{}", ran.out);
}

#[test]
fn the_books_are_repaired_with_a_reason_unless_the_catalog_says_otherwise() {
    let shop = Shop::new();
    shop.migration("20260101000000_orders", ORDERS, None);
    shop.exits(64, &["repair", "orders", "--accept"]);
    shop.exits(0, &["apply"]);
    let because = ["--because", "it was so"];
    let repair = |code: i32, what: &[&str]| shop.exits(code, &[&["repair", "orders"], what, &because].concat());
    assert!(repair(1, &["--accept"]).err.contains("its file is what was applied"));
    assert!(repair(1, &["--rolled-back"]).err.contains("the database is exactly what it led to"));
    assert!(repair(1, &["--forget"]).err.contains("the database is exactly what it led to"));
    shop.migration("20260101000000_orders", &format!("-- a comment\n{ORDERS}"), None);
    shop.exits(1, &["apply"]);
    repair(0, &["--accept"]);
    assert_eq!(shop.exits(0, &["apply"]).out, "nothing to apply\n");
    shop.query("DROP TABLE orders");
    repair(0, &["--rolled-back"]);
    shop.exits(0, &["apply", "--force", "drift"]);
    shop.query("DROP TABLE orders");
    repair(0, &["--forget"]);
    assert_eq!(standings(&status(&shop, 1)), "orders pending");
    let kept = "SELECT string_agg(what || ' (' || because || ')', ', ' ORDER BY number) FROM pgplumb.repair";
    assert_eq!(
        shop.query(kept),
        "accepted the file as it is (it was so), marked as rolled back (it was so), forgotten (it was so)"
    );
}

#[test]
fn a_step_that_nothing_tells_of_is_spoken_for_by_a_person() {
    let shop = Shop::new();
    shop.query("CREATE TABLE t (n int)");
    let up = "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO t VALUES (1); COMMIT; PERFORM 1 / (SELECT count(*) - 1 FROM t); END $$;\nCALL p();\nCREATE TABLE u ();\n";
    shop.migration("20260101000000_call", up, None);
    shop.exits(2, &["apply"]);
    let ran = shop.exits(2, &["apply"]);
    assert!(ran.err.contains("migrate::unknown_outcome") && ran.err.contains("step 2"), "{}", ran.err);
    let ran = shop.exits(1, &["resume", "--explain"]);
    assert!(ran.out.contains("2  cut off; nobody can tell what it did: CALL p()"), "{}", ran.out);
    shop.exits(1, &["repair", "call", "--step-done", "1", "--because", "no"]);
    shop.exits(0, &["repair", "call", "--step-done", "2", "--because", "the row is there"]);
    shop.exits(0, &["apply"]);
    assert_eq!(shop.query("SELECT count(*) || ' ' || (to_regclass('u') IS NOT NULL) FROM t"), "1 true");
}

#[test]
fn a_database_that_has_the_schema_is_taken_over() {
    let shop = Shop::new();
    shop.write("schema/orders.sql", ORDERS);
    shop.plan(&["--name", "orders"]);
    assert!(shop.exits(1, &["baseline"]).err.contains("migrate::not_reached"));
    shop.query(ORDERS);
    let ran = shop.exits(0, &["baseline"]);
    assert!(ran.out.contains("_orders as applied"), "{}", ran.out);
    assert_eq!(standings(&status(&shop, 0)), "orders applied");
    shop.write("schema/more.sql", "CREATE TABLE more ();\n");
    shop.plan_replayed(&["--name", "more"]);
    shop.exits(0, &["apply"]);
    // Without any migration, what is there is the start.
    shop.cluster.query("postgres", "CREATE DATABASE other").unwrap();
    shop.cluster.query("other", ORDERS).unwrap();
    let empty = crate::harness::place::Place::new();
    empty.exits(0, &["baseline", "--db", &shop.cluster.url("other")]);
    empty.exits(0, &["verify", "--db", &shop.cluster.url("other")]);
}

#[test]
fn a_migration_by_hand_starts_from_a_form() {
    let shop = Shop::new();
    let ran = shop.place.exits(0, &["new", "Fill in prices"]);
    let id = ran.out.split('/').nth(1).unwrap().to_owned();
    assert!(id.ends_with("_fill-in-prices"), "{id}");
    assert!(shop.place.read(&format!("generated/{id}/up.sql")).starts_with("-- fill-in-prices (up)\n-- purpose:"));
    shop.exits(0, &["apply"]);
    assert_eq!(standings(&status(&shop, 0)), "fill-in-prices applied");
}

#[test]
fn a_step_that_was_cut_off_is_explained_by_what_the_catalog_says() {
    let shop = Shop::new();
    shop.migration("20260101000000_i", "CREATE TABLE t (n int);\nCREATE INDEX CONCURRENTLY i ON t (n);\n", None);
    shop.exits(0, &["apply"]);
    // As a crash between the index and its row in the journal leaves it.
    shop.query("UPDATE pgplumb.journal SET outcome = 'started' WHERE step = 2 AND before = 'absent'; UPDATE pgplumb.history SET outcome = 'started' WHERE id LIKE '20260101%'");
    let ran = shop.exits(1, &["resume", "--explain"]);
    assert!(ran.out.contains("2  took effect: CREATE INDEX CONCURRENTLY i"), "{}", ran.out);
    shop.query("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'i'::regclass");
    let ran = shop.exits(1, &["resume", "--explain"]);
    assert!(ran.out.contains("2  half there; taken away and done again"), "{}", ran.out);
    let ran = shop.exits(0, &["apply"]);
    assert!(ran.err.contains("step 2 was cut off: it is half there, and done again"), "{}", ran.err);
    assert_eq!(shop.query("SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"), "t");
}

#[test]
fn no_verb_of_the_runner_tells_a_password() {
    const PASSWORD: &str = "hunter2-is-secret";
    let shop = Shop::new();
    shop.migration("20260101000000_orders", ORDERS, Some("DROP TABLE orders;\n"));
    let url = shop.url().replace("postgres@", &format!("postgres:{PASSWORD}@"));
    let wrong = format!("postgresql://me:{PASSWORD}@127.0.0.1:1/shop");
    let verbs: &[&[&str]] = &[
        &["apply", "--dry-run", "--verbose"],
        &["apply", "--verbose"],
        &["status"],
        &["status", "--format", "json"],
        &["verify"],
        &["drift"],
        &["drift", "--sql", "revert"],
        &["history"],
        &["history", "--export"],
        &["resume", "--explain"],
        &["rollback", "--allow", "down-lossy", "--verbose"],
        &["repair", "orders", "--forget", "--because", "no"],
        &["baseline"],
    ];
    for verb in verbs {
        for url in [&url, &wrong] {
            let by_flag = ran(&mut pgplumb(shop.place.path(), &[verb, ["--db", url.as_str()].as_slice()].concat()));
            let by_variable = ran(pgplumb(shop.place.path(), verb).env("DATABASE_URL", url));
            shop.write("pgplumb.yaml", &format!("environments: {{here: {{url: '{url}'}}}}\n"));
            let by_file = ran(&mut pgplumb(shop.place.path(), &[verb, ["--env", "here"].as_slice()].concat()));
            for done in [by_flag, by_variable, by_file] {
                assert!(
                    !done.out.contains(PASSWORD) && !done.err.contains(PASSWORD),
                    "{verb:?}: {}{}",
                    done.out,
                    done.err
                );
            }
        }
    }
    assert_eq!(shop.query("SELECT count(*) FROM pgplumb.history AS h WHERE h::text LIKE '%hunter2%'"), "0");
}
