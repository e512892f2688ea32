//! The audit of the books: what is written into it, and that `verify --audit` finds who was at it.

use serde_json::Value;

use crate::harness::migrations::Shop;

const ORDERS: &str = "CREATE TABLE orders (id bigint PRIMARY KEY, note text);\n";

/// A document that fits its schema.
#[track_caller]
fn document(schema: &str, text: &str) -> Value {
    let schema: Value = serde_json::from_str(schema).unwrap();
    let document: Value = serde_json::from_str(text).unwrap();
    let wrong: Vec<String> =
        jsonschema::validator_for(&schema).unwrap().iter_errors(&document).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:?}\n{text}");
    document
}

/// The findings of the audit's checks, as `code object: reason`.
#[track_caller]
fn findings(shop: &Shop, more: &[&str]) -> Vec<String> {
    let url = shop.url();
    let arguments = [&["verify", "--audit", "--format", "json", "--db", &url], more].concat();
    let ran = shop.place.run(&arguments);
    let document = document(include_str!("../docs/schema/verify.v1.json"), &ran.out);
    let found = document["checks"].as_array().unwrap().iter().flat_map(|check| check["findings"].as_array().unwrap());
    let text = |finding: &Value, field: &str| finding[field].as_str().unwrap().to_owned();
    let one =
        |finding: &Value| format!("{} {}: {}", text(finding, "code"), text(finding, "object"), text(finding, "reason"));
    let found: Vec<String> = found.map(one).collect();
    assert_eq!(ran.code, i32::from(!found.is_empty()), "{}{}", ran.out, ran.err);
    found
}

fn exported(shop: &Shop) -> Value {
    document(include_str!("../docs/schema/history.v1.json"), &shop.exits(0, &["history", "--export"]).out)
}

/// What happened to a migration, in order.
fn happened(shop: &Shop, id: &str) -> String {
    shop.query(&format!("SELECT string_agg(what, ' ' ORDER BY number) FROM pgplumb.audit WHERE id LIKE '%_{id}'"))
}

/// Changes the books behind the back of the audit.
fn behind(shop: &Shop, sql: &str) {
    shop.query(&format!("SET session_replication_role = replica; {sql}"));
}

/// Something of everything that can happen to a migration.
fn busy() -> Shop {
    let shop = Shop::new();
    shop.migration("20260101000000_orders", ORDERS, Some("DROP TABLE orders;\n"));
    shop.exits(0, &["apply", "--ticket", "SHOP-17"]);
    shop.migration("20260102000000_bad", "SELECT 1 / 0;\n", None);
    shop.exits(2, &["apply"]);
    shop.migration("20260102000000_bad", "SELECT 1;\n", None);
    shop.migration("20260103000000_more", "CREATE TABLE more ();\nCREATE TABLE more ();\n", None);
    shop.exits(2, &["apply"]);
    shop.migration("20260103000000_more", "CREATE TABLE more ();\nSELECT 2;\n", Some("DROP TABLE more;\n"));
    shop.exits(0, &["apply"]);
    shop
}

#[test]
fn everything_that_happens_is_written_down_and_the_chain_holds() {
    let shop = busy();
    shop.exits(0, &["rollback", "--yes", "--allow", "down-lossy"]);
    shop.migration("20260101000000_orders", &format!("-- a comment\n{ORDERS}"), None);
    let because = ["--because", "only a comment"];
    shop.exits(0, &[&["repair", "orders", "--accept"], &because[..]].concat());
    assert_eq!(happened(&shop, "orders"), "applied measured accepted repaired");
    assert_eq!(happened(&shop, "bad"), "failed applied");
    assert_eq!(happened(&shop, "more"), "started failed resumed applied measured rolled_back");
    assert_eq!(findings(&shop, &[]), [""; 0]);
    let ran = shop.exits(0, &["verify", "--audit"]);
    assert!(ran.out.contains(" rows since ") && ran.out.contains("; the last has the hash "), "{}", ran.out);

    let document = exported(&shop);
    let audit = document["audit"].as_array().unwrap();
    let of = |what: &str| {
        audit.iter().find(|one| one["what"] == what && one["id"].as_str().unwrap() > "20260101").unwrap().clone()
    };
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap().trim().to_owned();
    let (orders, back, repair) = (of("applied"), of("rolled_back"), of("repaired"));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    for one in [&back, &repair] {
        assert_eq!(
            (text(&one["done_from"]), text(&one["tool_version"])),
            (host.clone(), env!("CARGO_PKG_VERSION").into())
        );
    }
    assert_eq!(repair["record"]["because"], "only a comment");
    let run = document["runs"].as_array().unwrap().iter().find(|run| run["id"] == "20260101000000_orders").unwrap();
    assert_eq!((text(&run["ticket"]), text(&run["applied_from"])), ("SHOP-17".to_owned(), host));
    assert!(orders["id"].as_str().unwrap().ends_with("_audit"), "the first is the audit's own: {orders}");
}

#[test]
fn what_was_planned_is_exported_with_its_plan_and_what_it_does() {
    let shop = Shop::new();
    shop.write("schema/orders.sql", ORDERS);
    shop.plan(&["--name", "orders"]);
    shop.exits(0, &["apply"]);
    shop.write("schema/orders.sql", "CREATE TABLE orders (id bigint PRIMARY KEY);\n");
    shop.plan(&["--name", "less"]);
    shop.exits(0, &["apply"]);
    let document = exported(&shop);
    let run = document["runs"].as_array().unwrap().last().unwrap().clone();
    let folder = format!("generated/{}/plan.json", run["id"].as_str().unwrap());
    let plan = <sha2::Sha256 as sha2::Digest>::digest(shop.place.read(&folder).as_bytes());
    let plan: String = plan.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(run["plan_sha256"], plan.as_str());
    let said = run["effects"][0]["said"].to_string();
    assert!(said.contains("ACCESS EXCLUSIVE on orders") && said.contains("loses data: "), "{said}");
    assert_eq!(document["audit"].as_array().unwrap().last().unwrap()["record"]["plan_sha256"], format!("\\x{plan}"));
}

#[test]
fn a_changed_a_removed_and_an_inserted_row_are_found() {
    let shop = busy();
    let count = shop.query("SELECT count(*) FROM pgplumb.audit");
    for forbidden in ["UPDATE pgplumb.audit SET what = 'x'", "DELETE FROM pgplumb.audit", "TRUNCATE pgplumb.audit"] {
        assert!(shop.cluster.query("shop", forbidden).unwrap_err().contains("only ever added to"));
    }
    let tell = |sql: &str| {
        // Tried on a copy, which is the same in all but its time zone.
        shop.cluster.query("postgres", "DROP DATABASE IF EXISTS copy; ").unwrap();
        shop.cluster.query("postgres", "CREATE DATABASE copy TEMPLATE shop").unwrap();
        shop.cluster.query("postgres", "ALTER DATABASE copy SET timezone = 'Asia/Tokyo'").unwrap();
        shop.cluster.query("postgres", "ALTER DATABASE copy SET bytea_output = 'escape'").unwrap();
        shop.cluster.query("copy", &format!("SET session_replication_role = replica; {sql}")).unwrap();
        let ran = shop.place.run(&["verify", "--audit", "--db", &shop.cluster.url("copy")]);
        (ran.code, ran.out)
    };
    let (code, said) = tell("SELECT 1");
    assert_eq!(code, 0, "{said}");
    assert!(said.contains(&format!("{count} rows since ")), "{said}");
    for (sql, reason) in [
        ("UPDATE pgplumb.audit SET done_by = 'nobody' WHERE number = 7", "row 7 ("),
        ("UPDATE pgplumb.audit SET at = at + interval '1 us' WHERE number = 7", "row 7 ("),
        ("UPDATE pgplumb.audit SET record = record || '{\"ticket\": \"x\"}' WHERE number = 1", "row 1 (applied "),
        ("DELETE FROM pgplumb.audit WHERE number = 6", "row 6 is gone, before row 7 ("),
        ("DELETE FROM pgplumb.audit WHERE number IN (1, 2)", "rows 1 to 2 are gone, before row 3 ("),
        (
            "INSERT INTO pgplumb.audit SELECT max(number) + 1, now(), 'applied', NULL, 'x', 'x', NULL, NULL, '{}', sha256('') FROM pgplumb.audit",
            "does not follow from what is before it",
        ),
        ("TRUNCATE pgplumb.audit", "it was emptied and begun anew"),
        ("DROP TABLE pgplumb.audit", "the table is gone"),
    ] {
        let (code, said) = tell(sql);
        assert!(code == 1 && said.contains("critical  audit-chain") && said.contains(reason), "{sql}: {said}");
    }
    // The triggers begin a new chain then, which starts with what there is.
    let (code, said) = tell(
        "TRUNCATE pgplumb.audit; SET session_replication_role = origin; \
         UPDATE pgplumb.history SET ticket = 'x' WHERE run = 1",
    );
    assert!(code == 1 && said.contains("it was emptied and begun anew"), "{said}");
}

#[test]
fn books_that_are_not_what_the_audit_says_are_found() {
    let shop = busy();
    let run = shop.query("SELECT run FROM pgplumb.history WHERE id = '20260101000000_orders'");
    let orders = format!("audit-history run {run} of 20260101000000_orders:");
    shop.query("UPDATE pgplumb.history SET ticket = 'by hand' WHERE id = '20260101000000_orders'");
    assert_eq!(findings(&shop, &[]), [""; 0], "what is done in the open is written down");
    let seen = "SELECT what || coalesce(done_from, ' by psql') FROM pgplumb.audit ORDER BY number DESC LIMIT 1";
    assert!(shop.query(seen).starts_with("changed"), "{}", shop.query(seen));

    behind(&shop, "UPDATE pgplumb.history SET ticket = 'x', applied_by = 'me' WHERE id = '20260101000000_orders'");
    assert_eq!(findings(&shop, &[]), [format!("{orders} the audit says something else of `applied_by`, `ticket`")]);
    behind(&shop, "DELETE FROM pgplumb.history WHERE id = '20260101000000_orders'");
    assert_eq!(findings(&shop, &[]), [format!("{orders} the audit has it, and it is gone from the books")]);
    behind(
        &shop,
        "INSERT INTO pgplumb.history (run, id, name, up_sha256, up_sql, outcome, tool_version) OVERRIDING SYSTEM VALUE \
         VALUES (99, '20260101000009_x', 'x', sha256('x'), 'x', 'applied', '0')",
    );
    let found = findings(&shop, &[]);
    assert_eq!(found[1], "audit-history run 99 of 20260101000009_x: the audit does not have it");
    behind(&shop, "DELETE FROM pgplumb.history WHERE run = 99");
    behind(&shop, "UPDATE pgplumb.history SET down_sql = 'DROP DATABASE shop' WHERE id = '20260103000000_more'");
    assert!(findings(&shop, &[])[1].ends_with("not what was run, by its hash: `down_sql`"));
    shop.query("ALTER TABLE pgplumb.history DISABLE TRIGGER changed; DROP TRIGGER only_added ON pgplumb.audit");
    let found = findings(&shop, &[]);
    let off: Vec<&String> = found.iter().filter(|one| one.starts_with("audit-switched-off")).collect();
    assert_eq!(
        off,
        [
            "audit-switched-off trigger changed on pgplumb.history: it is switched off",
            "audit-switched-off trigger only_added on pgplumb.audit: it is gone"
        ]
    );
}

#[test]
fn a_hash_that_was_noted_tells_a_chain_that_was_written_anew() {
    let shop = busy();
    let last = "SELECT encode(hash, 'hex') FROM pgplumb.audit ORDER BY number DESC LIMIT 1";
    let noted = shop.query(last);
    shop.migration("20260104000000_next", "CREATE TABLE next ();\n", None);
    shop.exits(0, &["apply"]);
    assert_ne!(shop.query(last), noted);
    assert_eq!(findings(&shop, &["--head", &noted.to_uppercase()]), [""; 0]);
    let other = noted.replace(&noted[..1], if noted.starts_with('0') { "1" } else { "0" });
    assert_eq!(
        findings(&shop, &["--head", &other]),
        [format!("audit-chain pgplumb.audit: no row has the hash {other} that was noted: the chain is another one")]
    );
    shop.exits(64, &["verify", "--head", &noted]);
    shop.exits(64, &["verify", "--audit", "--head", "abc"]);
}

#[test]
fn books_from_before_the_audit_are_in_it_from_then_on() {
    let shop = Shop::new();
    assert!(shop.exits(0, &["verify", "--audit"]).out.contains("there are no books in this database"));
    shop.migration("20260101000000_orders", ORDERS, None);
    shop.exits(0, &["apply"]);
    // As a version without an audit left them.
    let audit = "FROM pgplumb.history WHERE id LIKE '%\\_audit' OR id LIKE '%\\_seed'";
    let down = shop.query(&format!("SELECT string_agg(down_sql, E';\\n' ORDER BY id DESC) {audit}"));
    behind(&shop, &format!("DELETE {audit}"));
    shop.query(&down);
    let ran = shop.exits(0, &["verify", "--audit"]);
    assert!(ran.out.contains("the books are older than their audit"), "{}", ran.out);
    shop.migration("20260102000000_more", "CREATE TABLE more ();\n", None);
    shop.exits(0, &["apply"]);
    assert_eq!(happened(&shop, "orders"), "found");
    assert_eq!(happened(&shop, "more"), "applied measured");
    assert_eq!(findings(&shop, &[]), [""; 0]);
    assert_eq!(shop.query("SELECT what || substr(id, 15) FROM pgplumb.audit WHERE number = 1"), "applied_audit");
}

#[test]
fn who_keeps_the_books_cannot_write_the_audit() {
    let shop = Shop::new();
    shop.query(
        "CREATE ROLE keeper LOGIN; GRANT CREATE ON DATABASE shop TO keeper; GRANT ALL ON SCHEMA public TO keeper",
    );
    shop.migration("20260101000000_orders", ORDERS, None);
    shop.exits(0, &["apply"]);
    shop.query(
        "GRANT ALL ON SCHEMA pgplumb TO keeper; GRANT SELECT ON ALL TABLES IN SCHEMA pgplumb TO keeper; \
         GRANT ALL ON pgplumb.history, pgplumb.journal, pgplumb.state, pgplumb.repair TO keeper",
    );
    let keeper = shop.url().replace("postgres@", "keeper@");
    shop.migration("20260102000000_more", "CREATE TABLE more ();\n", None);
    let ran = shop.place.exits(0, &["apply", "--db", &keeper]);
    assert!(ran.out.contains("more"), "{}{}", ran.out, ran.err);
    assert_eq!(shop.query("SELECT DISTINCT done_by FROM pgplumb.audit WHERE id LIKE '%_more'"), "keeper");
    assert_eq!(findings(&shop, &[]), [""; 0]);
    let tries =
        |sql: &str| shop.cluster.query("shop", &format!("SET SESSION AUTHORIZATION keeper; {sql}")).unwrap_err();
    let forged = tries("SELECT pgplumb.append('applied', 9, '20260101000000_x', '{}')");
    assert!(forged.contains("permission denied for table audit"), "{forged}");
    let forged = tries(
        "CREATE TABLE history (LIKE pgplumb.history); \
         CREATE TRIGGER t AFTER INSERT ON history FOR EACH ROW EXECUTE FUNCTION pgplumb.note(); \
         INSERT INTO history SELECT * FROM pgplumb.history",
    );
    assert!(forged.contains("only the books are written down"), "{forged}");
}
