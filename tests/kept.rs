//! Rollbacks that keep what they drop: rows, values and positions come back as they were, whatever their types, by `apply` or
//! by `restore-kept`; what cannot be kept is refused before it is dropped.

use std::thread;

use serde_json::Value;

use crate::harness::cluster::Cluster;
use crate::harness::matrix::Matrix;
use crate::harness::migrations::Shop;
use crate::harness::place::Place;
use crate::runner::document;

const FIRST: &str = "\
CREATE TABLE item (sku text PRIMARY KEY, name text);
INSERT INTO item SELECT 'sku ' || n, 'name ' || n FROM generate_series(1, 50) AS n;
";

/// Types of every sort, tables that refer to each other, a table whose columns come and go.
const UP: &str = "\
SET search_path = public;
BEGIN;
CREATE TYPE mood AS ENUM ('ok', 'a \"b\", c');
CREATE TYPE pair AS (a int, b text);
CREATE DOMAIN price AS numeric(10, 2) CHECK (VALUE >= 0);
CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    client_id bigint NOT NULL,
    before bigint REFERENCES orders,
    mood mood,
    moods mood[],
    pair pair,
    pairs pair[],
    amount price,
    twice numeric GENERATED ALWAYS AS (amount * 2) STORED,
    doc jsonb,
    blob bytea,
    code char(5),
    codes char(5)[],
    float float8,
    at timestamptz,
    span interval,
    money money,
    range tstzrange,
    \"Select\" text
);
CREATE TABLE client (id bigserial PRIMARY KEY, name text NOT NULL);
ALTER TABLE orders ADD FOREIGN KEY (client_id) REFERENCES client;
CREATE TABLE parts (a int, b text) PARTITION BY LIST (a);
CREATE TABLE part_1 PARTITION OF parts FOR VALUES IN (1);
CREATE TABLE part_2 PARTITION OF parts FOR VALUES IN (2);
CREATE SEQUENCE counter START 1000;
ALTER TABLE item ADD COLUMN mood mood NOT NULL DEFAULT 'ok', ADD COLUMN number int GENERATED ALWAYS AS IDENTITY, ADD COLUMN client_id bigint REFERENCES client;
COMMIT;
";

const DOWN: &str = "\
SET search_path = public;
BEGIN;
ALTER TABLE item DROP COLUMN client_id, DROP COLUMN number, DROP COLUMN mood;
DROP SEQUENCE counter;
DROP TABLE parts;
DROP TABLE orders;
DROP TABLE client;
DROP DOMAIN price;
DROP TYPE pair;
DROP TYPE mood;
COMMIT;
";

const ROWS: &str = "
INSERT INTO client (name) SELECT 'client ' || n FROM generate_series(1, 20) AS n;
DELETE FROM client WHERE id = 20;
INSERT INTO orders (client_id, before, mood, moods, pair, pairs, amount, doc, blob, code, codes, float, at, span, money, range, \"Select\")
SELECT 1 + n % 19, nullif(n - 1, 0), (ARRAY['ok', 'a \"b\", c', NULL]::mood[])[1 + n % 3], ARRAY['a \"b\", c', NULL, 'ok']::mood[],
    CASE WHEN n % 4 > 0 THEN ROW(NULLIF(n % 4, 1), CASE n % 4 WHEN 1 THEN NULL ELSE E'x\\\\\"y,(' END)::pair END,
    ARRAY[ROW(1, 'a'), ROW(NULL, NULL), NULL]::pair[], n / 3.0, jsonb_build_object('n', n, 'text', E'ä\\n\\\\'),
    decode(md5(n::text), 'hex'), left('abcde', n % 6), ARRAY['a', NULL]::char(5)[], n / 7.0::float8,
    '2026-01-01 00:00:00.123456+02'::timestamptz + n * interval '1 day', n * interval '1 month 1 day 1.5 s', (n / 4.0)::numeric::money,
    tstzrange(now(), NULL), nullif(left(E' \\t\\'', n % 4), ' ')
FROM generate_series(1, 300) AS n;
INSERT INTO parts SELECT 1 + n % 2, nullif(n % 5, 0) || ' of it' FROM generate_series(1, 40) AS n;
SELECT nextval('counter'), nextval('counter');
UPDATE item SET mood = 'a \"b\", c', client_id = 1 + length(name) WHERE sku > 'sku 3';
";

/// All that a rollback is to bring back, but for what can be computed.
const LOOK: &str = "
SELECT count(*) || ' ' || md5(string_agg(orders::text, '|' ORDER BY id)) FROM orders;
SELECT count(*) || ' ' || md5(string_agg(client::text, '|' ORDER BY id)) FROM client;
SELECT count(*) || ' ' || md5(string_agg(concat(tableoid::regclass, parts::text), '|' ORDER BY parts::text)) FROM parts;
SELECT count(*) || ' ' || md5(string_agg(item::text, '|' ORDER BY sku)) FROM item;
SELECT sum((pair IS NULL)::int), count(pair), count(*) FILTER (WHERE pair IS DISTINCT FROM NULL) FROM orders;
SELECT last_value, is_called FROM orders_id_seq;
SELECT last_value, is_called FROM client_id_seq;
SELECT last_value, is_called FROM item_number_seq;
SELECT last_value, is_called FROM counter;
";

fn zoo() -> Shop {
    let shop = Shop::new();
    shop.migration("20260101000000_first", FIRST, Some("DROP TABLE item;\n"));
    shop.migration("20260102000000_zoo", UP, Some(DOWN));
    shop.exits(0, &["apply"]);
    shop.query(ROWS);
    shop
}

/// How many copies there are, and what became of what was kept.
fn kept(shop: &Shop) -> String {
    shop.query(
        "SELECT (SELECT count(*) FROM pg_class WHERE relnamespace = 'pgplumb_kept'::regnamespace AND relkind = 'r') - 2 \
         || ' ' || string_agg(DISTINCT coalesce(outcome, 'waits'), ', ') FROM pgplumb_kept.manifest",
    )
}

/// What is kept, for programs.
fn listed(shop: &Shop) -> Vec<Value> {
    let text = shop.exits(0, &["restore-kept", "--list", "--format", "json"]).out;
    document(include_str!("../docs/schema/kept.v1.json"), &text)["kept"].as_array().unwrap().clone()
}

#[test]
fn what_is_dropped_comes_back_with_the_next_apply() {
    let shop = zoo();
    let before = shop.query(LOOK);
    let ran = shop.exits(0, &["rollback", "--keep", "--dry-run"]);
    for line in [
        "would keep table orders: 300 rows, ",
        "would keep table part_1: 20 rows",
        "would keep column item.mood: 50 rows",
    ] {
        assert!(ran.out.contains(line), "{}", ran.out);
    }
    assert_eq!(shop.query(LOOK), before);

    // Nobody measured it, but all that it can lose is kept.
    let ran = shop.exits(0, &["rollback", "--keep"]);
    assert!(ran.err.contains("what the down of 20260102000000_zoo drops is kept"), "{}", ran.err);
    assert!(ran.err.contains("kept table orders: 300 rows"), "{}", ran.err);
    assert_eq!(shop.query("SELECT concat(to_regclass('orders'), to_regtype('mood'), to_regclass('item'))"), "item");
    assert_eq!(kept(&shop), "7 waits");
    // It is no part of the schema.
    shop.exits(0, &["verify"]);
    shop.exits(0, &["drift"]);
    let list = shop.exits(0, &["restore-kept", "--list"]).out;
    assert!(list.contains("20260102000000_zoo  column item.client_id: 50 rows, "), "{list}");
    assert!(list.contains("  sequence counter: at 1001  kept 2"), "{list}");
    let all = listed(&shop);
    let of = |name: &str| all.iter().find(|one| one["name"] == name).unwrap();
    let orders = of("orders");
    assert_eq!([&orders["sort"], &orders["schema"]], ["table", "public"], "{orders}");
    assert!(orders["outcome"].is_null() && orders["column"].is_null(), "{orders}");
    assert_eq!((&orders["rows"], &orders["migration"]), (&300.into(), &"20260102000000_zoo".into()));
    assert!(orders["bytes"].as_u64() > Some(0) && orders["checksum"].is_string() && orders["kept_from"].is_string());
    assert_eq!((&of("counter")["sort"], &of("counter")["last_value"]), (&"sequence".into(), &1001.into()));
    assert_eq!(all.iter().filter(|one| one["column"] == "mood" && one["key"][0] == "sku").count(), 1);

    let ran = shop.exits(0, &["apply", "--dry-run"]);
    assert!(ran.err.contains("would put back table orders: 300 rows"), "{}", ran.err);
    let ran = shop.exits(0, &["apply"]);
    assert!(ran.err.contains("put back table orders: 300 rows"), "{}", ran.err);
    assert_eq!(shop.query(LOOK), before);
    assert_eq!(kept(&shop), "0 put back");
    for one in listed(&shop) {
        assert_eq!((&one["outcome"], &one["bytes"]), (&"put back".into(), &Value::Null), "{one}");
        assert!(one["settled_at"].is_string(), "{one}");
    }
    shop.exits(0, &["verify"]);
    // Identities go on behind, and are what they were.
    let (id, number) = (
        shop.query("INSERT INTO orders (client_id) VALUES (1) RETURNING id"),
        "SELECT attidentity FROM pg_attribute WHERE attrelid = 'item'::regclass AND attname = 'number'",
    );
    assert_eq!((id.as_str(), shop.query(number).as_str()), ("301", "a"));
    assert_eq!(shop.exits(0, &["apply"]).out, "nothing to apply\n");
    assert_eq!(shop.exits(0, &["restore-kept"]).out, "nothing is kept\n");
}

#[test]
fn nobody_but_the_owner_may_read_it() {
    let shop = zoo();
    shop.query(
        "CREATE ROLE nosy LOGIN; ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO nosy, PUBLIC; \
         ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO nosy",
    );
    shop.exits(0, &["rollback", "--keep", "--force", "drift"]);
    let grants = "SELECT count(*) FROM pg_class AS c, aclexplode(relacl) AS a WHERE relnamespace = 'pgplumb_kept'::regnamespace AND grantee <> relowner";
    assert_eq!(shop.query(grants), "0");
    assert_eq!(shop.query("SELECT has_schema_privilege('nosy', 'pgplumb_kept', 'USAGE')"), "f");
}

#[test]
fn a_down_that_names_nothing_is_watched() {
    let shop = Shop::new();
    shop.migration("20260101000000_first", FIRST, None);
    let up = "BEGIN;\nCREATE SCHEMA s;\nCREATE TYPE s.mood AS ENUM ('ok');\nCREATE TABLE s.t (id int PRIMARY KEY, mood s.mood);\n\
              ALTER TABLE item ADD COLUMN mood s.mood;\nCREATE TABLE u (n int);\nCOMMIT;\n";
    let down = "BEGIN;\nDROP TYPE s.mood CASCADE;\nDROP SCHEMA s CASCADE;\nDO $$BEGIN EXECUTE 'DROP TABLE ' || 'u'; END$$;\nCOMMIT;\n";
    shop.migration("20260102000000_moods", up, Some(down));
    shop.exits(0, &["apply"]);
    shop.query("INSERT INTO s.t SELECT n, 'ok' FROM generate_series(1, 9) AS n; UPDATE item SET mood = 'ok' WHERE sku < 'sku 3'; INSERT INTO u VALUES (1), (1)");
    let look =
        "SELECT count(*) FROM s.t WHERE mood = 'ok'; SELECT count(mood) FROM item; SELECT count(*), sum(n) FROM u";
    let before = shop.query(look);
    // A block may do anything.
    let ran = shop.exits(1, &["rollback", "--keep"]);
    assert!(ran.err.contains("nobody measured"), "{}", ran.err);
    let ran = shop.exits(0, &["rollback", "--keep", "--allow", "down-lossy"]);
    assert!(
        ran.err.contains("kept table s.t: 9 rows") && ran.err.contains("kept column item.mood: 50 rows"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("kept table u: 2 rows"), "{}", ran.err);
    shop.exits(0, &["apply"]);
    assert_eq!(shop.query(look), before);
}

#[test]
fn values_without_a_key_are_refused_before_anything_is_dropped() {
    let shop = Shop::new();
    shop.migration("20260101000000_first", "CREATE TABLE log (line text);\n", None);
    let (up, down) = (
        "ALTER TABLE log ADD COLUMN level int;\nCREATE TABLE more ();\n",
        "DROP TABLE more;\nALTER TABLE log DROP COLUMN level;\n",
    );
    shop.migration("20260102000000_level", up, Some(down));
    shop.exits(0, &["apply"]);
    shop.query("INSERT INTO log VALUES ('a', 1)");
    let ran = shop.exits(0, &["rollback", "--keep", "--dry-run"]);
    assert!(ran.out.contains("column log.level: 1 row, ") && ran.out.contains("cannot be kept"), "{}", ran.out);
    let ran = shop.exits(1, &["rollback", "--keep"]);
    assert!(ran.err.contains("kept::no_key") && ran.err.contains("`level`"), "{}", ran.err);
    assert_eq!(shop.query("SELECT concat(to_regclass('more'), ' ', level) FROM log"), "more 1");
    // A key that goes along is none, one that stays is; and where there are no rows, nothing is lost.
    shop.query("ALTER TABLE log ADD UNIQUE (level)");
    shop.exits(1, &["rollback", "--keep", "--force", "drift"]);
    shop.query("TRUNCATE log");
    shop.exits(0, &["rollback", "--keep", "--force", "drift"]);
    assert_eq!(shop.query("SELECT count(*) FROM pg_attribute WHERE attrelid = 'log'::regclass AND attname = 'level' AND NOT attisdropped"), "0");
}

#[test]
fn what_is_in_the_way_is_named_and_the_rows_stay() {
    let shop = Shop::new();
    shop.migration("20260101000000_first", FIRST, None);
    let up = "CREATE TABLE t (id int PRIMARY KEY, item text REFERENCES item);\n";
    shop.migration("20260102000000_t", up, Some("DROP TABLE t;\n"));
    shop.exits(0, &["apply"]);
    shop.query("INSERT INTO t SELECT n, 'sku ' || n FROM generate_series(1, 5) AS n");
    shop.exits(0, &["rollback", "--keep"]);
    shop.query("DELETE FROM item WHERE sku = 'sku 4'");
    let ran = shop.exits(2, &["apply"]);
    assert!(ran.err.contains("kept::refused") && ran.err.contains("t_item_fkey"), "{}", ran.err);
    assert_eq!(shop.query("SELECT count(*) FROM t; SELECT count(*) FROM pgplumb_kept.t_1"), "0\n5");
    // It is applied, and the next one does not go on as if all were well.
    shop.migration("20260103000000_u", "CREATE TABLE u ();\n", None);
    let ran = shop.exits(2, &["apply"]);
    assert!(ran.err.contains("kept::refused"), "{}", ran.err);
    assert_eq!(shop.query("SELECT to_regclass('u') IS NULL"), "t");
    shop.query("INSERT INTO item VALUES ('sku 4', 'again')");
    let ran = shop.exits(0, &["restore-kept", "t"]);
    assert!(ran.err.contains("put back table t: 5 rows"), "{}", ran.err);
    assert_eq!(shop.query("SELECT sum(id) FROM t"), "15");
    shop.exits(0, &["apply"]);
    let ran = shop.exits(1, &["restore-kept", "t"]);
    assert!(ran.err.contains("kept::nothing"), "{}", ran.err);
}

#[test]
fn what_is_given_up_is_deleted_by_name_only() {
    let shop = zoo();
    shop.exits(0, &["rollback", "--keep"]);
    let ran = shop.exits(1, &["restore-kept", "orders"]);
    assert!(ran.err.contains("kept::not_there") && ran.err.contains("there is no such table"), "{}", ran.err);
    let ran = shop.exits(1, &["restore-kept", "orders", "--drop"]);
    assert!(ran.err.contains("`--yes` only") && ran.out.contains("table orders: 300 rows"), "{}{}", ran.out, ran.err);
    let ran = shop.exits(0, &["restore-kept", "orders", "--drop", "--yes"]);
    assert_eq!(ran.out, "deleted what was kept of table orders\n");
    shop.exits(0, &["restore-kept", "item.mood", "--drop", "--yes"]);
    shop.exits(0, &["apply"]);
    assert_eq!(
        shop.query(
            "SELECT count(*) FROM orders; SELECT count(*) FROM client; SELECT count(*) FROM item WHERE mood = 'ok'"
        ),
        "0\n19\n50"
    );
    assert_eq!(kept(&shop), "0 given up, put back");
}

#[test]
fn changed_rows_and_changed_copies_are_seen() {
    let shop = Shop::new();
    shop.migration("20260101000000_first", FIRST, None);
    let up = "ALTER TABLE item ADD COLUMN note text;\nCREATE TABLE t (id int PRIMARY KEY, note text);\nINSERT INTO t VALUES (1, 'seed'), (2, 'seed');\n\
              CREATE FUNCTION mine() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.note := ''changed''; RETURN NEW; END';\n\
              CREATE TRIGGER mine BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION mine();\n";
    let down = "ALTER TABLE item DROP COLUMN note;\nDROP TABLE t;\nDROP FUNCTION mine();\n";
    shop.migration("20260102000000_note", up, Some(down));
    shop.exits(0, &["apply"]);
    shop.query("UPDATE item SET note = sku; INSERT INTO t VALUES (3, 'new')");
    shop.exits(0, &["rollback", "--keep"]);
    shop.query("DELETE FROM item WHERE sku = 'sku 7'; INSERT INTO item VALUES ('sku 99', 'new')");
    // What the up writes itself is there already; a value whose row is gone is said and stays.
    let ran = shop.exits(0, &["apply"]);
    assert!(ran.err.contains("put back column item.note, but for 1 value whose rows are gone"), "{}", ran.err);
    let look = "SELECT count(*), count(note) FROM item; SELECT string_agg(id || note, ' ' ORDER BY id) FROM t";
    assert_eq!(shop.query(look), "50|49\n1seed 2seed 3changed");
    assert_eq!(shop.query("SELECT tgenabled FROM pg_trigger WHERE tgname = 'mine'"), "O");
    assert_eq!(kept(&shop), "1 put back, put back in part");
    shop.exits(0, &["restore-kept", "--drop", "--yes"]);
    assert_eq!(kept(&shop), "0 given up, put back");

    shop.query("UPDATE t SET note = 'x' WHERE id = 1");
    shop.exits(0, &["rollback", "--keep"]);
    let copy = shop.query("SELECT copy FROM pgplumb_kept.manifest WHERE name = 't' AND outcome IS NULL");
    shop.query(&format!("UPDATE pgplumb_kept.{copy} SET note = 'other' WHERE id = '3'"));
    let ran = shop.exits(2, &["apply"]);
    assert!(ran.err.contains("kept::altered"), "{}", ran.err);
    assert_eq!(shop.query("SELECT count(note) FROM item"), "0");
    shop.query(&format!("UPDATE pgplumb_kept.{copy} SET note = 'changed' WHERE id = '3'"));
    // A row that the up wrote, and that was another when it was kept: a person decides.
    let ran = shop.exits(2, &["apply"]);
    assert!(ran.err.contains("kept::refused") && ran.err.contains("t_pkey"), "{}", ran.err);
    shop.query("DELETE FROM t WHERE id = 1");
    shop.exits(0, &["apply"]);
    assert_eq!(shop.query(look), "50|49\n1changed 2seed 3changed");
}

/// Two transactions, so that a run can be cut off between them.
const TWO: &str = "\
BEGIN;
ALTER TABLE item DROP COLUMN note;
COMMIT;
BEGIN;
DROP TABLE t;
COMMIT;
";

#[test]
fn killed_anywhere_it_keeps_and_puts_back_once() {
    let cluster = Cluster::start().unwrap();
    cluster.create(&["base"]).unwrap();
    let place = Place::new();
    place.write("generated/20260101000000_first/up.sql", FIRST);
    let up = "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, sku text REFERENCES item);\n\
              ALTER TABLE item ADD COLUMN note text;\n";
    place.write("generated/20260102000000_two/up.sql", up);
    place.write("generated/20260102000000_two/down.sql", TWO);
    let (template, work) = ("base".to_owned(), "work".to_owned());
    let mut matrix = Matrix { cluster: &cluster, place, template, work, ticks: false };
    matrix.anew();
    assert_eq!(matrix.run(&["apply"], 0).code, Some(0));
    cluster.query("work", "INSERT INTO t (sku) SELECT sku FROM item; UPDATE item SET note = sku || ' noted'").unwrap();
    let look = "SELECT count(*) || md5(string_agg(t::text, ' ' ORDER BY id)) FROM t; \
                SELECT count(*) || md5(string_agg(item::text, ' ' ORDER BY sku)) FROM item; SELECT last_value FROM t_id_seq";
    let before = cluster.query("work", look).unwrap();
    let kept = "SELECT string_agg(concat_ws(' ', sort, name, rows, checksum, outcome, copy IS NULL), ', ' ORDER BY sort) FROM pgplumb_kept.manifest; \
                SELECT count(*) FROM pg_class WHERE relnamespace = 'pgplumb_kept'::regnamespace AND relkind = 'r'";
    cluster.copy("work", &["applied"]).unwrap();
    matrix.template = "applied".to_owned();

    let all = |matrix: &Matrix| [matrix.outcome(), cluster.query("work", kept).unwrap()].join("\n");
    let back: &[&str] = &["rollback", "--keep", "--to", "20260101000000_first"];
    let mut kills = 0;
    for verb in [back, &["apply"]] {
        matrix.anew();
        let whole = matrix.run(verb, 0);
        assert_eq!(whole.code, Some(0), "{}", whole.err);
        let wanted = all(&matrix);
        for point in 1.. {
            matrix.anew();
            let ran = matrix.run(verb, point);
            if ran.code == Some(0) {
                break;
            }
            assert_eq!(ran.code, None, "{}", ran.err);
            kills += 1;
            // Whoever goes on with what was begun keeps the rest as well, asked to or not.
            let begun = "SELECT count(*) > 0 FROM pgplumb.journal WHERE NOT forward";
            let begun = verb == back && cluster.query("work", begun).unwrap() == "t";
            let again = if begun { &["rollback", "--to", "20260101000000_first"] } else { verb };
            let ran = matrix.run(again, 0);
            assert_eq!(ran.code, Some(0), "{again:?} after {point}: {} {}", ran.out, ran.err);
            assert_eq!(all(&matrix), wanted, "{verb:?} killed at {point}");
        }
        if verb == back {
            matrix.anew();
            matrix.run(verb, 0);
            cluster.copy("work", &["back"]).unwrap();
            matrix.template = "back".to_owned();
        } else {
            assert_eq!(cluster.query("work", look).unwrap(), before);
        }
    }
    assert!(kills > 20, "{kills}");

    // What came again by hand gets its rows by the verb.
    cluster.query("back", up).unwrap();
    for point in 1.. {
        matrix.anew();
        let died = matrix.run(&["restore-kept"], point);
        let again = matrix.run(&["restore-kept"], 0);
        assert_eq!(again.code, Some(0), "{point}: {}{}", again.out, again.err);
        assert_eq!(cluster.query("work", look).unwrap(), before, "{point}");
        let waits =
            "SELECT count(*) FILTER (WHERE outcome = 'put back'), count(*), count(copy) FROM pgplumb_kept.manifest";
        assert_eq!(cluster.query("work", waits).unwrap().replace('|', " "), "3 3 0", "{point}");
        if died.code.is_some() {
            assert!(point > 3, "{point}");
            break;
        }
    }
}

#[test]
fn an_owner_who_sees_only_some_rows_is_refused_and_one_who_sees_all_needs_no_more_rights() {
    let shop = Shop::new();
    shop.query("CREATE ROLE deploy LOGIN; ALTER DATABASE shop OWNER TO deploy; ALTER SCHEMA public OWNER TO deploy");
    let url = shop.url().replace("postgres@", "deploy@");
    let up = "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, who text);\nALTER TABLE t ENABLE ROW LEVEL SECURITY;\n\
              CREATE POLICY mine ON t USING (who = 'me');\n";
    shop.migration("20260101000000_t", up, Some("DROP TABLE t;\n"));
    shop.place.exits(0, &["apply", "--db", &url]);
    shop.query("INSERT INTO t (who) VALUES ('me'), ('you'); ALTER TABLE t FORCE ROW LEVEL SECURITY");
    let ran = shop.place.exits(2, &["rollback", "--keep", "--force", "drift", "--db", &url]);
    assert!(ran.err.contains("row-level security"), "{}", ran.err);
    assert_eq!(shop.query("SELECT count(*) FROM t; SELECT to_regnamespace('pgplumb_kept') IS NULL"), "2\nt");
    shop.query("ALTER TABLE t NO FORCE ROW LEVEL SECURITY");
    shop.place.exits(0, &["rollback", "--keep", "--db", &url]);
    assert_eq!(shop.query("SELECT nspowner::regrole FROM pg_namespace WHERE nspname = 'pgplumb_kept'"), "deploy");
    shop.place.exits(0, &["apply", "--db", &url]);
    assert_eq!(shop.query("SELECT string_agg(id || who, ' ' ORDER BY id) FROM t"), "1me 2you");

    // Another's schema of that name is left alone, and is in nobody's way who keeps nothing.
    shop.query(
        "DROP SCHEMA pgplumb_kept CASCADE; CREATE SCHEMA pgplumb_kept; GRANT USAGE ON SCHEMA pgplumb_kept TO deploy",
    );
    let ran = shop.place.exits(2, &["rollback", "--keep", "--db", &url]);
    assert!(ran.err.contains("kept::not_ours"), "{}", ran.err);
    assert_eq!(shop.query("SELECT count(*) FROM t"), "2");
    assert_eq!(shop.place.exits(0, &["apply", "--db", &url]).out, "nothing to apply\n");
}

#[test]
fn what_cannot_be_watched_is_refused() {
    let shop = Shop::new();
    let up = "CREATE TABLE t (id int PRIMARY KEY);\nCREATE PROCEDURE gone() LANGUAGE plpgsql AS 'BEGIN COMMIT; DROP TABLE t; END';\n";
    shop.migration("20260101000000_t", up, Some("CALL gone();\n"));
    shop.exits(0, &["apply"]);
    shop.query("INSERT INTO t VALUES (1)");
    let ran = shop.exits(1, &["rollback", "--keep", "--allow", "all"]);
    assert!(ran.err.contains("kept::outside"), "{}", ran.err);
    assert_eq!(shop.query("SELECT count(*) FROM t"), "1");

    let down = "BEGIN ISOLATION LEVEL REPEATABLE READ;\nDROP TABLE u;\nCOMMIT;\n";
    shop.migration("20260102000000_u", "CREATE TABLE u (n int);\n", Some(down));
    shop.exits(0, &["apply"]);
    let ran = shop.exits(1, &["rollback", "--keep"]);
    assert!(ran.err.contains("kept::isolation"), "{}", ran.err);
    assert_eq!(shop.query("SELECT count(*) FROM u"), "0");
}

#[test]
fn what_the_up_took_is_said_to_be_gone_and_needs_no_name() {
    let shop = Shop::new();
    shop.write("schema/a.sql", "CREATE TABLE a (id int PRIMARY KEY, note text);\n");
    shop.plan(&["--name", "a"]);
    shop.exits(0, &["apply"]);
    shop.query("INSERT INTO a VALUES (1, 'gone')");
    shop.write("schema/a.sql", "CREATE TABLE a (id int PRIMARY KEY, other text);\nCREATE TABLE b (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, a int REFERENCES a);\n");
    shop.plan(&["--name", "b"]);
    shop.exits(0, &["apply"]);
    shop.query("UPDATE a SET other = 'new'; INSERT INTO b (a) VALUES (1), (1)");
    shop.exits(1, &["rollback"]);
    let ran = shop.exits(0, &["rollback", "--keep"]);
    assert!(ran.err.contains("stays gone: the values of column a.note"), "{}", ran.err);
    assert!(ran.err.contains("kept table b: 2 rows") && ran.err.contains("kept column a.other: 1 row"), "{}", ran.err);
    shop.exits(0, &["apply"]);
    assert_eq!(
        shop.query("SELECT other FROM a; SELECT count(*) FROM b; INSERT INTO b (a) VALUES (1) RETURNING id"),
        "new\n2\n3"
    );
    shop.exits(0, &["verify"]);
}

#[test]
fn what_is_written_while_it_waits_for_the_table_is_kept_as_well() {
    let shop = Shop::new();
    shop.migration("20260101000000_t", "CREATE TABLE t (id int PRIMARY KEY);\n", Some("DROP TABLE t;\n"));
    shop.exits(0, &["apply"]);
    shop.query("INSERT INTO t VALUES (1)");
    thread::scope(|scope| {
        let writer = scope.spawn(|| shop.query("BEGIN; INSERT INTO t VALUES (2); SELECT pg_sleep(2); COMMIT"));
        shop.wait_for("SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE '%INTO t VALUES (2)%' AND pid <> pg_backend_pid() AND wait_event = 'PgSleep'");
        let ran = shop.exits(0, &["rollback", "--keep"]);
        assert!(ran.err.contains("kept table t: 2 rows"), "{}", ran.err);
        writer.join().unwrap();
    });
    // Whoever reads the new table while its rows come back is waited for.
    thread::scope(|scope| {
        shop.exits(0, &["apply", "--dry-run"]);
        let holder = scope.spawn(|| {
            shop.wait_for("SELECT to_regclass('t') IS NOT NULL");
            shop.query("BEGIN; LOCK TABLE t IN ROW EXCLUSIVE MODE; SELECT pg_sleep(1); COMMIT")
        });
        shop.exits(0, &["apply"]);
        holder.join().unwrap();
    });
    assert_eq!(shop.query("SELECT string_agg(id::text, ' ' ORDER BY id) FROM t"), "1 2");
}
