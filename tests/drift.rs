//! `pgplumb drift` as a person runs it, on a real server.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::harness::migrations::Shop;
use crate::harness::program::without_settings;

const ORDERS: &str = "CREATE TABLE orders (id bigint PRIMARY KEY, note text);\n";

fn applied() -> Shop {
    let shop = Shop::new();
    shop.migration("20260101000000_orders", ORDERS, Some("DROP TABLE orders;\n"));
    shop.exits(0, &["apply"]);
    shop
}

/// A line that fits its schema.
fn line(text: &str) -> Value {
    let schema: Value = serde_json::from_str(include_str!("../docs/schema/drift.v1.json")).unwrap();
    let line: Value = serde_json::from_str(text).unwrap();
    assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&line), "{text}");
    line
}

/// It would go on for ever.
struct Watch(Child);

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[test]
fn what_somebody_changed_is_listed_and_written_in_both_directions() {
    let shop = applied();
    assert!(shop.exits(0, &["drift"]).out.contains("is what the last run left ("));
    assert_eq!(shop.exits(0, &["drift", "--sql", "revert"]).out, "");

    shop.query("ALTER TABLE orders ADD COLUMN sneaked int; CREATE INDEX late ON orders (note)");
    let ran = shop.exits(1, &["drift"]);
    assert!(ran.out.contains("is not what the last run left: 2 differences\n"), "{}", ran.out);
    assert!(ran.out.contains("  + column public.orders.sneaked\n"), "{}", ran.out);
    let found = line(&shop.exits(1, &["drift", "--format", "json"]).out);
    assert_eq!((&found["found"], found["differences"].as_array().unwrap().len()), (&Value::Bool(true), 2));

    let adopt = shop.exits(1, &["drift", "--sql", "adopt"]).out;
    assert!(
        adopt.contains("ADD COLUMN sneaked integer") && adopt.contains("CREATE INDEX CONCURRENTLY late"),
        "{adopt}"
    );
    let revert = shop.exits(1, &["drift", "--sql", "revert"]).out;
    shop.write("revert.sql", &revert);
    let file = shop.place.path().join("revert.sql");
    shop.cluster.psql("shop", &file).unwrap();
    assert_eq!(shop.exits(0, &["drift", "--sql", "adopt"]).out, "");
}

#[test]
fn a_database_without_books_has_nothing_to_be_held_against() {
    let shop = Shop::new();
    let ran = shop.exits(2, &["drift"]);
    assert!(ran.err.contains("migrate::no_record"), "{}", ran.err);
    let ran = shop.exits(64, &["drift", "--watch", "5"]);
    assert!(ran.err.contains("a time has a unit"), "{}", ran.err);
}

#[test]
fn a_watch_says_what_changes_and_nothing_else() {
    let shop = applied();
    let url = shop.url();
    let arguments = ["drift", "--watch", "200ms", "--format", "json", "--db", &url];
    let program = Command::new(env!("CARGO_BIN_EXE_pgplumb"));
    let mut watch = without_settings(program, shop.place.path(), &arguments);
    let mut watch = Watch(watch.stdout(Stdio::piped()).spawn().unwrap());
    let mut lines = BufReader::new(watch.0.stdout.take().unwrap()).lines();
    let mut next = || line(&lines.next().unwrap().unwrap())["differences"].to_string();
    assert_eq!(next(), "[]");
    shop.query("CREATE TABLE other ()");
    assert_eq!(next(), "[\"+ table public.other\"]");
    // Rows are nobody's business here, and what is as before is not said again.
    shop.query("INSERT INTO orders VALUES (1); DROP TABLE other");
    assert_eq!(next(), "[]");
}
