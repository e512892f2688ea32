//! What the books tell of every run: who, when and why, of both directions and of seeds.

use serde_json::Value;

use crate::harness::migrations::Shop;
use crate::harness::program::{pgplumb, ran};
use crate::runner::document;

const RUNS: &str = include_str!("../docs/schema/runs.v1.json");
const EXPORT: &str = include_str!("../docs/schema/history.v1.json");
const STATUS: &str = include_str!("../docs/schema/status.v1.json");

const UP: &str = "CREATE TABLE orders (id bigint PRIMARY KEY);\nINSERT INTO orders VALUES (1);\n";
/// Two transactions, so that one that is cut off is half there.
const DOWN: &str = "DELETE FROM orders;\nDROP TABLE orders;\n";

fn shop(down: &str) -> Shop {
    let shop = Shop::new();
    shop.migration("20260101000000_orders", UP, Some(down));
    shop.exits(0, &["apply", "--ticket", "SHOP-17"]);
    shop
}

const BACK: [&str; 3] = ["rollback", "--allow", "down-lossy"];

/// The run of the migration, of a document of `history`.
fn run(document: &Value) -> Value {
    let runs = document["runs"].as_array().unwrap();
    runs.iter().find(|run| run["id"] == "20260101000000_orders").unwrap().clone()
}

fn tickets(one: &Value) -> [Value; 2] {
    [one["ticket"].clone(), one["rollback_ticket"].clone()]
}

/// What the audit has of the migration: what happened, and the ticket of the rollback by then.
fn audited(shop: &Shop) -> String {
    shop.query(
        "SELECT string_agg(concat_ws(' ', what, record ->> 'rollback_ticket'), ', ' ORDER BY number) \
         FROM pgplumb.audit WHERE id = '20260101000000_orders' AND what <> 'measured'",
    )
}

#[test]
fn a_rollback_has_a_ticket_of_its_own() {
    let shop = shop("DROP TABLE orders;\n");
    let ran = shop.exits(0, &[&BACK[..], &["--ticket", "SHOP-18", "--yes"]].concat());
    assert!(ran.out.starts_with("rolled back 20260101000000_orders"), "{}", ran.out);
    let row = "SELECT concat_ws(' ', outcome, ticket, rollback_ticket, rolled_back_by = session_user, \
               rolled_back_from = applied_from) FROM pgplumb.history WHERE id = '20260101000000_orders'";
    assert_eq!(shop.query(row), "rolled_back SHOP-17 SHOP-18 t t");
    assert_eq!(audited(&shop), "started, applied, rolled_back SHOP-18");

    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap().trim().to_owned();
    let by = shop.query("SELECT session_user");
    for (code, verb) in [(0, "history"), (1, "status")] {
        let text = shop.exits(code, &[verb]).out;
        let line = text.lines().find(|line| line.contains("_orders")).unwrap();
        let (up, down) = line.split_once("; rolled back ").unwrap_or_else(|| panic!("{text}"));
        assert!(up.ends_with(", SHOP-17"), "{text}");
        assert!(down.ends_with(&format!(" by {by} from {host}, SHOP-18")), "{text}");
    }
    let status = document(STATUS, &shop.exits(1, &["status", "--format", "json"]).out);
    let listed = document(RUNS, &shop.exits(0, &["history", "--format", "json"]).out);
    let exported = document(EXPORT, &shop.exits(0, &["history", "--export"]).out);
    for one in [status["migrations"][0].clone(), run(&listed), run(&exported)] {
        assert_eq!(tickets(&one), ["SHOP-17", "SHOP-18"], "{one}");
        assert_eq!([&one["rolled_back_by"], &one["rolled_back_from"]], [&by, &host], "{one}");
    }
    // Applied again, it is another run, which nobody took back.
    shop.exits(0, &["apply", "--ticket", "SHOP-19"]);
    let status = document(STATUS, &shop.exits(0, &["status", "--format", "json"]).out);
    assert_eq!(tickets(&status["migrations"][0]), [Value::from("SHOP-19"), Value::Null]);
    assert!(!shop.exits(0, &["status"]).out.contains("rolled back"));
    shop.exits(0, &["verify", "--audit"]);
}

#[test]
fn one_that_is_cut_off_keeps_its_ticket() {
    let shop = shop(DOWN);
    let url = shop.url();
    let arguments = [&BACK[..], &["--ticket", "SHOP-18", "--db", &url]].concat();
    let half = (5..40).any(|point| {
        let killed = ran(pgplumb(shop.place.path(), &arguments).env("PGPLUMB_FAULT", point.to_string()));
        assert_eq!(killed.code, None, "never cut off between the two: {}", killed.err);
        shop.query("SELECT count(*) FROM orders") == "0"
    });
    assert!(half);
    let text = shop.exits(1, &["status"]).out;
    assert!(text.contains("half rolled back") && text.contains("; on its way back by "), "{text}");
    assert!(text.lines().any(|line| line.ends_with(", SHOP-18")), "{text}");
    // Whoever goes on does not know it any more, and may have one of his own.
    shop.exits(0, &["resume"]);
    assert!(audited(&shop).ends_with("rolling_back SHOP-18, rolled_back SHOP-18"), "{}", audited(&shop));
    shop.exits(0, &["verify", "--audit"]);
}

#[test]
fn one_that_failed_says_for_what_it_was_tried() {
    let shop = shop(DOWN);
    shop.query("CREATE VIEW mine AS SELECT id FROM orders");
    let ran = shop.exits(2, &[&BACK[..], &["--force", "drift", "--ticket", "SHOP-18"]].concat());
    assert!(ran.err.contains("cannot drop table orders"), "{}", ran.err);
    assert!(audited(&shop).ends_with("rolling_back SHOP-18, failed SHOP-18"), "{}", audited(&shop));
    shop.query("DROP VIEW mine");
    shop.exits(0, &[&BACK[..], &["--ticket", "SHOP-20"]].concat());
    assert!(audited(&shop).ends_with("rolling_back SHOP-20, rolled_back SHOP-20"), "{}", audited(&shop));
}

#[test]
fn what_nobody_asked_to_be_taken_back_has_the_ticket_of_the_run() {
    let shop = Shop::new();
    shop.write("schema/orders.sql", "CREATE TABLE orders (id bigint PRIMARY KEY, note text);\n");
    shop.plan(&["--name", "orders"]);
    shop.exits(0, &["apply"]);
    shop.write("schema/also.sql", "CREATE INDEX also ON orders (note);\n");
    shop.plan_replayed(&["--name", "also"]);
    shop.write("pgplumb.yaml", "apply: {on_failure: rollback, checks: [{name: no, sql: SELECT false}]}\n");
    let ran = shop.exits(1, &["apply", "--ticket", "SHOP-17"]);
    assert!(ran.err.contains("gate::rolled_back"), "{}{}", ran.out, ran.err);
    let listed = document(RUNS, &shop.exits(0, &["history", "--format", "json"]).out);
    assert_eq!(tickets(listed["runs"].as_array().unwrap().last().unwrap()), ["SHOP-17", "SHOP-17"]);
}

#[test]
fn seeds_that_were_run_are_listed() {
    let shop = shop(DOWN);
    let url = shop.url();
    shop.write("pgplumb.yaml", &format!("environments: {{staging: {{url: '{url}'}}}}\n"));
    shop.write("seeds/10_more.sql", "INSERT INTO orders VALUES (2);\n");
    shop.write("seeds/staging/20_most.sql", "INSERT INTO orders VALUES (3);\n");
    shop.place.exits(0, &["apply", "--seed", "--env", "staging", "--ticket", "SHOP-21"]);
    shop.write("seeds/10_more.sql", "INSERT INTO orders VALUES (4);\n");
    shop.exits(0, &["apply", "--seed"]);

    let hash = |text: &str| -> String {
        let digest = <sha2::Sha256 as sha2::Digest>::digest(text);
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let wanted = [
        ("10_more.sql", "INSERT INTO orders VALUES (2);\n", Some("staging"), Some("SHOP-21")),
        ("staging/20_most.sql", "INSERT INTO orders VALUES (3);\n", Some("staging"), Some("SHOP-21")),
        ("10_more.sql", "INSERT INTO orders VALUES (4);\n", None, None),
    ];
    let text = shop.exits(0, &["history"]).out;
    let (_, seeds) = text.split_once("\nseeds\n").unwrap_or_else(|| panic!("{text}"));
    assert_eq!(seeds.lines().count(), 3, "{text}");
    for (line, (name, sql, environment, ticket)) in seeds.lines().zip(wanted) {
        assert!(line.contains(name) && line.contains(&hash(sql)[..8]) && line.contains(" by "), "{line}");
        let behind = environment.map(|name| format!(", for {name}, {}", ticket.unwrap())).unwrap_or_default();
        assert!(line.ends_with(&format!(" s{behind}")), "{line}");
    }
    let by = shop.query("SELECT session_user");
    for (schema, more) in [(RUNS, ["--format", "json"]), (EXPORT, ["--export", ""])] {
        let more = &more[..if schema == EXPORT { 1 } else { 2 }];
        let listed = document(schema, &shop.exits(0, &[&["history"], more].concat()).out);
        let seeds = listed["seeds"].as_array().unwrap();
        assert_eq!(seeds.len(), 3);
        for (seed, (name, sql, environment, ticket)) in seeds.iter().zip(wanted) {
            assert_eq!([&seed["name"], &seed["sha256"], &seed["applied_by"]], [name, &hash(sql), &by]);
            assert_eq!([&seed["environment"], &seed["ticket"]], [&Value::from(environment), &Value::from(ticket)]);
        }
        // What was run is for `--export` alone.
        assert_eq!(listed["runs"][0].get("up_sql").is_some(), schema == EXPORT);
    }
}

#[test]
fn who_may_not_read_of_seeds_is_told_so() {
    let shop = shop(DOWN);
    shop.query(
        "CREATE ROLE reader LOGIN; GRANT USAGE ON SCHEMA pgplumb TO reader; \
         GRANT SELECT ON pgplumb.history, pgplumb.journal TO reader",
    );
    let url = shop.url().replace("postgres@", "reader@");
    let ran = shop.place.exits(0, &["history", "--db", &url]);
    assert!(ran.out.contains("20260101000000_orders") && !ran.out.contains("seeds"), "{}", ran.out);
    assert_eq!(ran.err, "note: this role may not read pgplumb.seed, so that seeds are not listed\n");
}
