//! Expand and contract: two migrations for a type that would write its table anew. Both ways of both, what is written in
//! between, a run that is cut short, and the runner that holds the second back.

use std::fs;
use std::path::Path;

use crate::harness::cluster::Cluster;
use crate::harness::halves::Halves;
use crate::harness::program::{pgplumb, ran};

/// A change of a column's type with everything that can be on it.
struct Case {
    name: &'static str,
    from: &'static str,
    to: &'static str,
    /// Written before the exchange, and between expand and contract; then the query is true.
    early: &'static str,
    late: &'static str,
    in_step: &'static str,
    /// True after all, and again after both downs.
    holds: &'static str,
    restored: &'static str,
    /// What the plan exits with: 1 where a loss has to be allowed.
    exit: i32,
}

const CASES: &[Case] = &[
    Case {
        name: "a number in a key, an index, a check and a foreign key",
        from: "
CREATE TABLE orders (id bigint PRIMARY KEY);
CREATE TABLE line (id bigint PRIMARY KEY, order_id integer DEFAULT 1 NOT NULL, place integer);
COMMENT ON COLUMN line.order_id IS 'what it is a line of';
INSERT INTO orders SELECT generate_series(1, 50);
INSERT INTO line SELECT n, 1 + n % 50, n FROM generate_series(1, 2000) AS n;
ALTER TABLE line ADD CONSTRAINT line_order_fk FOREIGN KEY (order_id) REFERENCES orders;
ALTER TABLE line ADD CONSTRAINT line_place UNIQUE (order_id, place);
ALTER TABLE line ADD CONSTRAINT line_positive CHECK (order_id > 0);
CREATE INDEX line_order ON line (order_id) WHERE place > 0;
COMMENT ON INDEX line_order IS 'those with a place';
",
        to: "
CREATE TABLE orders (id bigint PRIMARY KEY);
CREATE TABLE line (id bigint PRIMARY KEY, order_id bigint DEFAULT 1 NOT NULL, place integer);
COMMENT ON COLUMN line.order_id IS 'what it is a line of';
ALTER TABLE line ADD CONSTRAINT line_order_fk FOREIGN KEY (order_id) REFERENCES orders;
ALTER TABLE line ADD CONSTRAINT line_place UNIQUE (order_id, place);
ALTER TABLE line ADD CONSTRAINT line_positive CHECK (order_id > 0);
CREATE INDEX line_order ON line (order_id) WHERE place > 0;
CREATE INDEX line_both ON line (place, order_id);
COMMENT ON INDEX line_order IS 'those with a place';
",
        early: "INSERT INTO line (id, place) VALUES (9001, 9001); UPDATE line SET order_id = 7 WHERE id = 3",
        late: "INSERT INTO line (id, order_id, place) VALUES (9002, 8, 9002); UPDATE line SET order_id = 9 WHERE id = 4",
        in_step: "SELECT count(*) = 2002 AND bool_and(order_id = order_id__old) FROM line",
        holds: "SELECT pg_typeof(order_id) = 'bigint'::regtype AND sum(order_id) OVER () > 0 FROM line LIMIT 1",
        restored: "SELECT pg_typeof(order_id) = 'integer'::regtype AND (SELECT order_id FROM line WHERE id = 9002) = 8 FROM line LIMIT 1",
        exit: 0,
    },
    Case {
        name: "a text that becomes a time, and may be null",
        from: "
CREATE TABLE \"Event\" (id bigint PRIMARY KEY, \"At\" text DEFAULT '2024-01-01 00:00:00+00', n text NOT NULL);
INSERT INTO \"Event\" SELECT n, CASE WHEN n % 3 > 0 THEN '2024-02-03 04:05:06+00' END, n FROM generate_series(1, 500) AS n;
CREATE INDEX event_at ON \"Event\" (\"At\", n);
",
        to: "
CREATE TABLE \"Event\" (id bigint PRIMARY KEY, \"At\" timestamptz DEFAULT now(), n integer NOT NULL);
CREATE INDEX event_at ON \"Event\" (\"At\", n);
",
        early: "INSERT INTO \"Event\" (id, n) VALUES (9001, '9001')",
        late: "INSERT INTO \"Event\" (id, n) VALUES (9002, 9002)",
        in_step: "SELECT count(*) = 502 AND bool_and(\"At\" IS NOT DISTINCT FROM \"At__old\"::timestamptz AND n::text = n__old) FROM \"Event\"",
        holds: "SELECT count(*) FILTER (WHERE \"At\" IS NULL) = 166 AND sum(n) > 18000 FROM \"Event\"",
        restored: "SELECT count(*) FILTER (WHERE \"At\" IS NULL) = 166 AND max(n::integer) = 9002 FROM \"Event\"",
        // down-lossy: a time is not written as it was.
        exit: 1,
    },
    Case {
        name: "a serial key that another table refers to",
        from: "
CREATE TABLE customer (id serial PRIMARY KEY, note text);
CREATE TABLE bill (id bigint PRIMARY KEY, customer_id integer NOT NULL REFERENCES customer, CHECK (customer_id > 0));
COMMENT ON CONSTRAINT customer_pkey ON customer IS 'the key';
INSERT INTO customer (note) SELECT n::text FROM generate_series(1, 300) AS n;
INSERT INTO bill SELECT n, 1 + n % 300 FROM generate_series(1, 900) AS n;
",
        to: "
CREATE TABLE customer (id bigserial PRIMARY KEY, note text);
CREATE TABLE bill (id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customer, CHECK (customer_id > 0));
COMMENT ON CONSTRAINT customer_pkey ON customer IS 'the key';
",
        early: "WITH new AS (INSERT INTO customer (note) VALUES ('early') RETURNING id) SELECT id > 300 FROM new; INSERT INTO bill VALUES (9001, 301)",
        late: "INSERT INTO customer (note) VALUES ('late'); INSERT INTO bill (id, customer_id) VALUES (9002, 302)",
        in_step: "SELECT bool_and(id = id__old) AND count(*) = 302 AND (SELECT bool_and(customer_id = customer_id__old) FROM bill) FROM customer",
        holds: "SELECT pg_typeof(id) = 'bigint'::regtype AND max(id) OVER () = 302 FROM customer LIMIT 1",
        restored: "SELECT pg_typeof(id) = 'integer'::regtype AND nextval(pg_get_serial_sequence('customer', 'id')) = 303 FROM customer LIMIT 1",
        exit: 0,
    },
    Case {
        name: "an enum that loses a value and keeps its name, and one that goes",
        from: "
CREATE TYPE mood AS ENUM ('bad', 'fine', 'great');
COMMENT ON TYPE mood IS 'how somebody is';
CREATE DOMAIN grade AS text CHECK (VALUE <> '');
CREATE TABLE person (id bigint PRIMARY KEY, mood mood DEFAULT 'fine' NOT NULL, moods mood[], grade grade DEFAULT '7');
CREATE TABLE visit (id bigint PRIMARY KEY, mood mood, CONSTRAINT known CHECK (mood > 'bad'));
INSERT INTO person SELECT n, CASE WHEN n % 2 = 0 THEN 'great' ELSE 'fine' END::mood, '{great}', n % 7 FROM generate_series(1, 500) AS n;
INSERT INTO visit SELECT n, 'fine' FROM generate_series(1, 500) AS n;
CREATE INDEX happy ON person (id) WHERE mood = 'great';
CREATE INDEX moods ON person USING gin (moods);
",
        to: "
CREATE TYPE mood AS ENUM ('fine', 'great');
COMMENT ON TYPE mood IS 'how somebody is';
CREATE TABLE person (id bigint PRIMARY KEY, mood mood DEFAULT 'fine' NOT NULL, moods mood[], grade integer DEFAULT 7);
CREATE TABLE visit (id bigint PRIMARY KEY, mood mood, CONSTRAINT known CHECK (mood > 'fine' OR mood = 'fine'));
CREATE INDEX happy ON person (id) WHERE mood = 'great';
CREATE INDEX moods ON person USING gin (moods);
",
        early: "INSERT INTO person (id) VALUES (9001); UPDATE visit SET mood = 'great' WHERE id = 3",
        late: "INSERT INTO person (id, moods) VALUES (9002, '{fine,great}'); INSERT INTO visit (id, mood) VALUES (9002, 'great')",
        in_step: "SELECT count(*) = 502 AND bool_and(mood::text = mood__old::text AND moods::text IS NOT DISTINCT FROM moods__old::text AND grade::text = grade__old) \
                  AND (SELECT bool_and(mood::text = mood__old::text) AND count(mood) = 501 FROM visit) FROM person",
        holds: "SELECT enum_range(NULL::mood)::text = '{fine,great}' AND count(*) FILTER (WHERE mood = 'great') = 250 AND sum(grade) > 1000 FROM person",
        restored: "SELECT enum_range(NULL::mood)::text = '{bad,fine,great}' AND (SELECT moods FROM person WHERE id = 9002) = '{fine,great}' \
                   AND count(*) FILTER (WHERE mood = 'great') = 2 FROM visit",
        // enum-value-removed, as a row with it would stop the filling.
        exit: 1,
    },
];

/// The script up to the transaction in which the names are exchanged.
fn until_exchange(script: &str) -> String {
    let at = script.rfind("\nBEGIN;").unwrap();
    assert!(script[at..].contains("RENAME COLUMN"), "{script}");
    script[..at].to_owned()
}

#[test]
fn both_migrations_go_both_ways() {
    let cluster = Cluster::start().unwrap();
    for (number, case) in CASES.iter().enumerate() {
        let place = Halves::new(&cluster, &format!("case{number}"), case.from, case.to);
        let (start, wanted) = (cluster.dump("live").unwrap(), cluster.dump("wanted").unwrap());
        let said = place.expand("out");
        let (up, contract) = (place.read("out/up.sql"), place.read("out-contract/up.sql"));
        assert!(
            !up.lines().any(|line| line.contains("ALTER COLUMN") && line.contains(" TYPE ")),
            "{}: {up}",
            case.name
        );
        assert!(contract.contains("\n-- pgplumb: phase contract\n"), "{contract}");
        // Nothing goes before all is there that takes its place.
        let (gone, filled) = (up.find("DROP CONSTRAINT bill_customer_id_fkey"), up.rfind("$backfill$"));
        assert!(gone.is_none() || gone > filled, "{}: {up}", case.name);
        assert_eq!(said.code, Some(case.exit), "{}: {}{}", case.name, said.out, said.err);
        fs::write(place.folder.join("first.sql"), until_exchange(&up)).unwrap();
        place.run("first.sql");
        place.write(case.early);
        // What was begun is gone on with: nothing is built or filled twice.
        place.expand("again");
        let again = place.read("again/up.sql");
        for twice in ["ADD COLUMN", "CREATE TYPE", "CREATE INDEX", "CREATE UNIQUE", "CREATE TRIGGER", "$backfill$"] {
            assert!(!again.contains(twice), "{}: {twice}: {again}", case.name);
        }
        place.run("again/up.sql");
        place.write(case.late);
        place.is_true(case.in_step);
        let between = cluster.dump("live").unwrap();
        place.run("out-contract/up.sql");
        place.is_like(&wanted);
        place.is_true(case.holds);
        assert!(place.plan(&["--stdout"]).out.is_empty(), "{}", case.name);
        place.run("out-contract/down.sql");
        place.is_like(&between);
        place.is_true(case.in_step);
        place.run("out/down.sql");
        place.is_like(&start);
        place.is_true(case.restored);
    }
}

#[test]
fn a_cut_fill_is_finished() {
    let cluster = Cluster::start().unwrap();
    let case = &CASES[0];
    let place = Halves::new(&cluster, "cut", case.from, case.to);
    place.expand("out");
    let up = place.read("out/up.sql");
    let before_fill = up.find("-- 2 of").unwrap();
    fs::write(place.folder.join("first.sql"), &up[..before_fill]).unwrap();
    place.run("first.sql");
    place.write(case.early);
    place.expand("again");
    assert!(place.read("again/up.sql").contains("$backfill$"));
    place.run("again/up.sql");
    place.write(case.late);
    place.is_true(case.in_step);
    place.run("again-contract/up.sql");
    place.is_like(&cluster.dump("wanted").unwrap());
}

#[test]
fn the_runner_holds_the_contract_back() {
    let cluster = Cluster::start().unwrap();
    let case = &CASES[1];
    let place = Halves::new(&cluster, "held", case.from, case.to);
    fs::write(place.folder.join("pgplumb.yaml"), "migrations: generated\n").unwrap();
    place.plan(&["--online", "expand", "--name", "times"]);
    let mut names: Vec<String> = fs::read_dir(place.folder.join("generated"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert!(names[0].ends_with("_times") && names[1].ends_with("_times-contract"), "{names:?}");
    let db = cluster.url("live");
    let apply = |arguments: &[&str]| ran(pgplumb(&place.folder, &["apply", "--db", &db]).args(arguments));
    let first = apply(&[]);
    assert_eq!(first.code, Some(0), "{}", first.err);
    assert!(first.out.contains(&names[0]) && !first.out.contains(&format!("applied {}", names[1])), "{}", first.out);
    let told = format!("`{}` is held back", names[1]);
    assert!(first.err.contains(&told), "{}", first.err);
    place.write(case.late);
    place.is_true("SELECT bool_and(n::text = n__old) FROM \"Event\"");
    assert!(apply(&[]).out.contains("nothing to apply"));
    let second = apply(&["--phase", "contract"]);
    assert_eq!(second.code, Some(0), "{}", second.err);
    assert!(second.out.contains(&names[1]), "{}", second.out);
    let left = "SELECT count(*) = 0 FROM pg_attribute WHERE attname LIKE '%\\_\\_old' AND NOT attisdropped";
    place.is_true(left);
}

/// CI replays all of it from nothing, and the file says itself that the old column may go.
#[test]
fn check_runs_both_from_nothing() {
    let cluster = Cluster::start().unwrap();
    let case = &CASES[0];
    let place = Halves::new(&cluster, "checked", case.from, case.to);
    let scratch = cluster.url("postgres");
    let run = |arguments: &[&str]| {
        let done = ran(pgplumb(&place.folder, arguments).args(["--scratch", &scratch]));
        assert_eq!(done.code, Some(0), "{}{}", done.out, done.err);
        done
    };
    let schema = |text: &str| fs::write(place.folder.join("schema/all.sql"), text).unwrap();
    fs::create_dir_all(place.folder.join("schema")).unwrap();
    let empty: Vec<&str> = case.from.lines().filter(|line| !line.starts_with("INSERT")).collect();
    schema(&empty.join("\n"));
    run(&["plan", "--name", "first", "--out", "generated/20260101000000_first"]);
    schema(case.to);
    run(&["plan", "--online", "expand", "--name", "second"]);
    let checked = run(&["check"]);
    assert!(checked.out.contains("3 downs lead back"), "{}", checked.out);
}

/// What cannot be exchanged stays what it is, and the plan says why.
#[test]
fn what_is_not_expanded_is_said() {
    let cluster = Cluster::start().unwrap();
    let table = |id: &str| {
        format!("CREATE TABLE customer (id {id} PRIMARY KEY, note text); CREATE VIEW v AS SELECT id FROM customer;")
    };
    let place = Halves::new(&cluster, "refused", &table("integer"), &table("bigint"));
    let said = place.expand("out");
    let out = said.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(out.contains("column id of table customer is not expanded: view v needs it"), "{out}");
    assert!(place.read("out/up.sql").contains("ALTER COLUMN id TYPE bigint"));
    assert!(!Path::new(&place.folder.join("out-contract")).exists());
}

/// A function takes the enum under its name, which only one type can have.
#[test]
fn an_enum_that_others_need_is_replaced_at_once() {
    let cluster = Cluster::start().unwrap();
    let schema = |labels: &str| {
        format!(
            "CREATE TYPE mood AS ENUM ({labels}); CREATE TABLE person (id bigint PRIMARY KEY, mood mood);
             CREATE FUNCTION cheer(mood) RETURNS text LANGUAGE sql RETURN $1::text;"
        )
    };
    let place = Halves::new(&cluster, "needed", &schema("'bad', 'fine'"), &schema("'fine'"));
    let said = place.expand("out");
    let out = said.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(out.contains("mood of table person is not expanded: function cheer(mood) needs enum mood"), "{out}");
    assert!(place.read("out/up.sql").contains("ALTER COLUMN mood TYPE public.mood"));
    assert!(!Path::new(&place.folder.join("out-contract")).exists());
}

/// Where scratch is a cluster of its own, what is made there belongs to another role than what the plan makes.
#[test]
fn who_owns_what_keeps_columns_in_step_is_said_once_it_is_there() {
    let cluster = Cluster::start().unwrap();
    let table = |n: &str| format!("CREATE TABLE line (id bigint PRIMARY KEY, place {n})");
    let place = Halves::new(&cluster, "owner", &table("integer"), &table("bigint"));
    let arguments =
        ["plan", "--schema", "schema.sql", "--db", &cluster.url("live"), "--online", "expand", "--out", "out"];
    let planned = ran(&mut pgplumb(&place.folder, &arguments));
    assert_eq!(planned.code, Some(0), "{}{}", planned.out, planned.err);
    place.run("out/up.sql");
    place.run("out-contract/up.sql");
    place.is_like(&cluster.dump("wanted").unwrap());
    place.run("out-contract/down.sql");
    place.run("out/down.sql");
}
