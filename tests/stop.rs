//! Columns and tables that go in two migrations: after the first neither programs of before nor of after miss anything, and
//! the second drops. Both ways of both.

use crate::harness::cluster::Cluster;
use crate::harness::halves::Halves;

struct Case {
    name: &'static str,
    from: &'static str,
    to: &'static str,
    /// What programs of before and of after run between the two.
    before: &'static str,
    after: &'static str,
    /// What the first migration must not hold, and the second must.
    drops: &'static [&'static str],
    /// Whether there is nothing to do before the second.
    alone: bool,
    /// What is noted of what is dropped at once.
    at_once: &'static str,
}

const CASES: &[Case] = &[
    Case {
        name: "a column that has to be filled, with all that can be on it",
        from: "
CREATE TABLE region (id bigint PRIMARY KEY);
CREATE TABLE customer (id bigint PRIMARY KEY, name text NOT NULL, code text NOT NULL, region bigint NOT NULL REFERENCES region);
ALTER TABLE customer ADD CONSTRAINT customer_code UNIQUE (code);
ALTER TABLE customer ADD CONSTRAINT customer_coded CHECK (code IS NOT NULL AND code <> name);
CREATE INDEX customer_region ON customer (region);
CREATE VIEW coded AS SELECT id, code FROM customer;
COMMENT ON COLUMN customer.code IS 'how it was called';
INSERT INTO region VALUES (1);
INSERT INTO customer SELECT n, n::text, 'c' || n, 1 FROM generate_series(1, 100) AS n;
",
        to: "
CREATE TABLE region (id bigint PRIMARY KEY);
CREATE TABLE customer (id bigint PRIMARY KEY, name text NOT NULL);
",
        before: "INSERT INTO customer VALUES (901, 'a', 'b', 1); SELECT code FROM coded; UPDATE customer SET code = 'x' WHERE id = 7",
        after: "INSERT INTO customer (id, name) VALUES (902, 'a'), (903, 'b'); DELETE FROM region; DELETE FROM customer WHERE id = 9",
        drops: &["DROP COLUMN code", "DROP COLUMN region", "DROP VIEW public.coded"],
        alone: false,
        at_once: "",
    },
    Case {
        name: "a column with a value of its own keeps its NOT NULL",
        from: "CREATE TABLE t (id bigint PRIMARY KEY, a integer DEFAULT 3 NOT NULL CHECK (a > 0), b bigint GENERATED ALWAYS AS IDENTITY);",
        to: "CREATE TABLE t (id bigint PRIMARY KEY);",
        before: "INSERT INTO t (id, a) VALUES (1, 2); SELECT a, b FROM t",
        after: "INSERT INTO t VALUES (2)",
        drops: &["DROP COLUMN a", "DROP COLUMN b"],
        alone: true,
        at_once: "",
    },
    Case {
        name: "a table that others refer to",
        from: "
CREATE TABLE parent (id bigint PRIMARY KEY);
CREATE TYPE state AS ENUM ('on', 'off');
CREATE TABLE gone (id bigserial PRIMARY KEY, parent bigint NOT NULL REFERENCES parent, above bigint REFERENCES gone, state state);
CREATE INDEX gone_parent ON gone (parent);
CREATE TABLE child (id bigint PRIMARY KEY, gone bigint NOT NULL REFERENCES gone, note text);
CREATE VIEW both_of AS SELECT child.id, gone.state FROM child JOIN gone ON gone.id = child.gone;
CREATE MATERIALIZED VIEW counted AS SELECT state, count(*) FROM gone GROUP BY state;
CREATE UNIQUE INDEX counted_state ON counted (state);
CREATE FUNCTION of_parent(bigint) RETURNS SETOF gone LANGUAGE sql AS 'SELECT * FROM gone WHERE parent = $1';
CREATE FUNCTION count_up() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN UPDATE parent SET id = id; RETURN NULL; END$$;
CREATE TRIGGER counts AFTER INSERT ON gone EXECUTE FUNCTION count_up();
",
        to: "
CREATE TABLE parent (id bigint PRIMARY KEY);
CREATE TABLE child (id bigint PRIMARY KEY, gone bigint NOT NULL, note text);
CREATE INDEX child_gone ON child (gone);
",
        before: "INSERT INTO parent VALUES (1); INSERT INTO gone (parent, state) VALUES (1, 'on'); INSERT INTO child VALUES (1, 1); SELECT state FROM both_of; SELECT of_parent(1), counted FROM counted",
        after: "INSERT INTO child VALUES (2, 77); DELETE FROM parent",
        drops: &["DROP TABLE public.gone", "DROP VIEW public.both_of", "DROP MATERIALIZED VIEW public.counted", "DROP TYPE public.state", "DROP FUNCTION public.count_up"],
        alone: false,
        at_once: "",
    },
    Case {
        name: "beside a new type, and a name that is taken again",
        from: "
CREATE TABLE line (id integer PRIMARY KEY, old text NOT NULL, n integer);
CREATE TABLE again (id bigint PRIMARY KEY);
INSERT INTO line SELECT n, n::text, n FROM generate_series(1, 100) AS n;
",
        to: "
CREATE TABLE line (id bigint PRIMARY KEY, n integer);
CREATE VIEW again AS SELECT n FROM line;
",
        before: "INSERT INTO line (id, old) VALUES (901, 'x')",
        after: "INSERT INTO line (id) VALUES (902)",
        drops: &["DROP COLUMN old", "DROP COLUMN id__old"],
        alone: false,
        at_once: "table again is dropped at once: view again has that name",
    },
];

const EMPTY: &str = "SELECT 'TRUNCATE ' || string_agg(oid::regclass::text, ', ') FROM pg_class WHERE relkind = 'r'
    AND relnamespace = 'public'::regnamespace \\gexec\n";

#[test]
fn what_goes_is_not_missed_before_it_goes() {
    let cluster = Cluster::start().unwrap();
    for (number, case) in CASES.iter().enumerate() {
        let place = Halves::new(&cluster, &format!("case{number}"), case.from, case.to);
        let (start, wanted) = (cluster.dump("live").unwrap(), cluster.dump("wanted").unwrap());
        let said = place.expand("out");
        let said = said.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(case.at_once), "{}: {said}", case.name);
        let alone = !place.folder.join("out").exists();
        assert_eq!(alone, case.alone, "{}: {said}", case.name);
        let up = if alone { String::new() } else { place.read("out/up.sql") };
        let contract = place.read("out-contract/up.sql");
        for drops in case.drops {
            assert!(!up.contains(drops) && contract.contains(drops), "{}: {drops}: {up}\n{contract}", case.name);
        }
        assert!(contract.contains("\n-- pgplumb: phase contract\n"), "{contract}");
        if !alone {
            place.run("out/up.sql");
        }
        let between = cluster.dump("live").unwrap();
        place.write(&format!("BEGIN; {}; {}; ROLLBACK", case.before, case.after));
        place.write(&format!("BEGIN; {}; ROLLBACK", case.after));
        place.run("out-contract/up.sql");
        place.is_like(&wanted);
        place.run("out-contract/down.sql");
        place.is_like(&between);
        // The values are lost, and NOT NULL is not to be had without them.
        place.write(EMPTY);
        if !alone {
            place.run("out/down.sql");
        }
        place.is_like(&start);
    }
}
