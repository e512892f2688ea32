//! Tenants that are schemas of one database, on a real server.

use std::process::Command;

use serde_json::Value;

use crate::harness::cluster::Cluster;
use crate::harness::place::{Place, Ran};
use crate::harness::program::without_settings;

/// What each tenant has, under the name of the template.
const SHOP: &str = "\
CREATE SCHEMA shop;
CREATE TYPE shop.mood AS ENUM ('ok', 'bad');
CREATE SEQUENCE shop.numbers;
CREATE TABLE shop.customers (id bigserial PRIMARY KEY, name text NOT NULL, mood shop.mood DEFAULT 'ok' NOT NULL);
CREATE TABLE shop.orders (
    id bigint DEFAULT nextval('shop.numbers') PRIMARY KEY,
    customer bigint REFERENCES shop.customers,
    country text REFERENCES public.countries
);
CREATE INDEX orders_customer_idx ON shop.orders (customer);
CREATE VIEW shop.named AS SELECT o.id, c.name, c.mood FROM shop.orders AS o JOIN shop.customers AS c ON c.id = o.customer;
CREATE FUNCTION shop.counted(a shop.mood) RETURNS bigint LANGUAGE plpgsql SET search_path = shop, pg_temp AS $$
DECLARE
    found bigint;
    one shop.orders%ROWTYPE;
BEGIN
    -- what is said of shop.orders stays as it is
    EXECUTE format('SELECT count(*) FROM shop.%I WHERE ''x'' = ''x''', 'customers') INTO found;
    SELECT count(*) + found INTO found FROM shop.named AS n WHERE n.mood = a;
    RETURN found + currval('shop.numbers');
END
$$;
CREATE FUNCTION shop.note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO shop.customers (name) VALUES ('seen by ' || TG_TABLE_SCHEMA);
    RETURN NEW;
END
$$;
CREATE TRIGGER noted AFTER INSERT ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.note();
ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.orders USING (EXISTS (SELECT FROM shop.customers AS c WHERE c.id = orders.customer));
COMMENT ON TABLE shop.orders IS 'the shop''s, as in shop.orders';
";
const SHARED: &str = "CREATE TABLE public.countries (code text PRIMARY KEY);\n";

/// A database with tenants, and a project whose files name the template `shop`.
pub(crate) struct Tenants {
    pub(crate) cluster: Cluster,
    pub(crate) place: Place,
    pub(crate) url: String,
}

impl Tenants {
    /// With these schemas in the table that names them; the targets have short names: `t1`, `t2`.
    pub(crate) fn new(schemas: &[&str]) -> Self {
        let cluster = Cluster::start_with(&[]).unwrap();
        cluster.create(&["saas"]).unwrap();
        let url = cluster.url("saas");
        let tenants = Self { cluster, place: Place::new(), url };
        tenants.query(SHARED);
        tenants.query("CREATE TABLE public.tenants (id int GENERATED ALWAYS AS IDENTITY, schema text)");
        for schema in schemas {
            tenants.query(&format!("INSERT INTO tenants (schema) VALUES ('{}')", schema.replace('\'', "''")));
        }
        tenants.place.write("pgplumb.yaml", "fleet:\n  schema: shop\n");
        tenants
    }

    /// With a table `orders` in each.
    fn with_orders(schemas: &[&str]) -> Self {
        let tenants = Self::new(schemas);
        let orders = "CREATE SCHEMA shop;\nCREATE TABLE shop.orders (id bigint PRIMARY KEY, note text);\n";
        tenants.migration("20260101000000_orders", orders, Some("DROP SCHEMA shop CASCADE;\n"));
        tenants.many(0, &["apply"]);
        tenants
    }

    pub(crate) fn migration(&self, id: &str, up: &str, down: Option<&str>) {
        self.place.write(&format!("generated/{id}/up.sql"), up);
        if let Some(down) = down {
            self.place.write(&format!("generated/{id}/down.sql"), down);
        }
    }

    /// A verb on all of them.
    #[track_caller]
    pub(crate) fn many(&self, code: i32, arguments: &[&str]) -> Ran {
        let sql = "SELECT 't' || id AS name, schema FROM tenants ORDER BY id";
        self.place.exits(code, &[arguments, &["--db", &self.url, "--tenants", sql]].concat())
    }

    #[track_caller]
    pub(crate) fn states(&self, code: i32, arguments: &[&str]) -> String {
        let told = self.many(code, &[arguments, &["--format", "json"]].concat()).out;
        let matrix: Value = serde_json::from_str(&told).unwrap();
        let one = |one: &Value| format!("{} {}", one["name"].as_str().unwrap(), one["state"].as_str().unwrap());
        matrix["targets"].as_array().unwrap().iter().map(one).collect::<Vec<_>>().join(", ")
    }

    /// A verb on one of them.
    #[track_caller]
    pub(crate) fn one(&self, code: i32, schema: &str, arguments: &[&str]) -> Ran {
        self.place.exits(code, &[arguments, &["--db", &self.url, "--tenant-schema", schema]].concat())
    }

    #[track_caller]
    pub(crate) fn query(&self, sql: &str) -> String {
        self.cluster.query("saas", sql).unwrap()
    }
}

/// What Postgres was seen to make of a migration under another name is what the plan promised: `apply` holds the fingerprint
/// against it. The names are odd on purpose.
#[test]
fn a_schema_with_everything_in_it_is_the_same_under_every_name() {
    let long = "x".repeat(63);
    let schemas = ["acme", "Acme Ltd", "select", "O'Brien", &long];
    let tenants = Tenants::new(&schemas);
    tenants.place.write("schema/shop.sql", SHOP);
    tenants.place.write("schema/shared.sql", SHARED);
    let ran = tenants.many(0, &["plan", "--name", "first"]);
    assert!(ran.out.contains("proven up and down") && ran.out.contains("table    shop.orders"), "{}", ran.out);
    assert!(!ran.out.contains("acme.") && !ran.out.contains("tenants"), "{}", ran.out);
    let ran = tenants.many(0, &["apply", "--jobs", "2"]);
    assert!(ran.out.ends_with("5 targets: 5 applied\n"), "{}", ran.out);
    // One of a group goes before the others.
    assert!(ran.out.contains("canary; ran 1\nt2"), "{}", ran.out);

    tenants.query("INSERT INTO \"Acme Ltd\".orders DEFAULT VALUES");
    assert_eq!(tenants.query("SELECT string_agg(name, ',') FROM \"Acme Ltd\".customers"), "seen by Acme Ltd");
    assert_eq!(tenants.query("SELECT nextval('\"Acme Ltd\".numbers') * 0 + \"Acme Ltd\".counted('ok')"), "3");
    let path = tenants.query(
        "SELECT proconfig FROM pg_proc WHERE proname = 'counted' AND pronamespace = '\"Acme Ltd\"'::regnamespace",
    );
    assert!(path.contains("Acme Ltd"), "{path}");
    let bodies = "SELECT count(*) FROM pg_proc WHERE proname IN ('counted', 'note') AND prosrc ~ '[^ ] *shop\\.' AND prosrc !~ 'said of shop'";
    assert_eq!(tenants.query(bodies), "0");
    assert_eq!(tenants.query("SELECT count(*) FROM \"select\".customers"), "0");
    let comment = tenants.query("SELECT obj_description('acme.orders'::regclass)");
    assert_eq!(comment, "the shop's, as in shop.orders");
    assert_eq!(tenants.query("SELECT to_regnamespace('shop') IS NULL AND to_regnamespace('pgplumb') IS NULL"), "t");

    // Alike by their fingerprints, and so planned for once.
    let status = tenants.many(0, &["status"]);
    assert!(status.out.ends_with("5 targets: 5 applied\n"), "{}", status.out);
    let changed = SHOP.replace("country text", "note text,\n    country text")
        + "CREATE INDEX orders_country_idx ON shop.orders (country);\n";
    tenants.place.write("schema/shop.sql", &changed);
    let ran = tenants.many(0, &["plan", "--name", "second"]);
    assert!(ran.err.contains("planned on `t1`, for t1, t2, t3, t4, t5"), "{}", ran.err);
    assert!(ran.out.contains("orders_country_idx"), "{}", ran.out);
    let ran = tenants.many(0, &["apply"]);
    assert!(ran.out.ends_with("5 targets: 5 applied\n"), "{}", ran.out);
    assert_eq!(tenants.query("SELECT count(*) FROM pg_indexes WHERE indexname = 'orders_country_idx'"), "5");
    let again = tenants.many(0, &["apply"]);
    assert!(again.err.contains("5 targets at ") && again.err.contains("nothing pending"), "{}", again.err);
    // The whole database has none of it: neither the tenants' nor their books.
    let ran = tenants.place.exits(0, &["plan", "--db", &tenants.url, "--stdout", "--format", "json"]);
    let plan: Value = serde_json::from_str(&ran.out).unwrap();
    assert!(
        !ran.out.contains("pgplumb_of_acme.") && plan["up"].to_string().contains("CREATE SCHEMA shop"),
        "{}",
        ran.out
    );
}

#[test]
fn one_tenant_is_worked_on_alone() {
    let tenants = Tenants::with_orders(&["acme", "globex"]);
    tenants.migration(
        "20260102000000_total",
        "ALTER TABLE shop.orders ADD COLUMN total int;\n",
        Some("ALTER TABLE shop.orders DROP COLUMN total;\n"),
    );
    tenants.one(0, "acme", &["apply"]);
    let status = tenants.one(0, "acme", &["status"]);
    assert!(status.out.contains("acme in saas on "), "{}", status.out);
    assert_eq!(tenants.states(1, &["status"]), "t1 applied, t2 pending");
    tenants.query("INSERT INTO acme.orders VALUES (1, 'x', 7)");
    let ran = tenants.one(0, "acme", &["rollback", "--keep", "--allow", "all"]);
    assert!(
        ran.out.contains("20260102000000_total") || ran.err.contains("20260102000000_total"),
        "{}{}",
        ran.out,
        ran.err
    );
    let columns =
        "SELECT count(*) FROM information_schema.columns WHERE column_name = 'total' AND table_name = 'orders'";
    assert_eq!(tenants.query(columns), "0");
    tenants.many(0, &["apply"]);
    assert_eq!(tenants.query(columns), "2");
    // What it was to lose was kept, beside its books, and comes back under the names of the tenant.
    assert_eq!(tenants.query("SELECT total FROM acme.orders"), "7");
    assert_eq!(tenants.query("SELECT to_regnamespace('pgplumb_kept') IS NULL"), "t");

    let history = tenants.one(0, "globex", &["history"]);
    assert!(history.out.contains("20260102000000_total"), "{}", history.out);
    tenants.one(0, "acme", &["verify", "--schema", "--data"]);
    tenants.query("CREATE TABLE acme.sneaked ()");
    let drift = tenants.one(1, "acme", &["drift"]);
    assert!(drift.out.contains("acme in saas on ") && drift.out.contains("+ table shop.sneaked"), "{}", drift.out);
    tenants.one(0, "globex", &["drift"]);
    assert_eq!(tenants.states(1, &["drift"]), "t1 drift, t2 applied");
    // Others' schemas, and what is in none, are nothing of theirs.
    tenants.query("DROP TABLE acme.sneaked; CREATE SCHEMA other; CREATE TABLE public.more (); CREATE ROLE more");
    assert_eq!(tenants.states(0, &["drift"]), "t1 applied, t2 applied");
}

#[test]
fn a_canary_that_fails_leaves_the_others_untouched() {
    let tenants = Tenants::with_orders(&["a1", "b1", "c1"]);
    tenants.query("INSERT INTO b1.orders VALUES (1)");
    tenants.migration("20260102000000_note", "ALTER TABLE shop.orders ALTER COLUMN note SET NOT NULL;\n", None);
    let ran = tenants.many(2, &["apply", "--canary", "t2"]);
    assert!(ran.err.contains("t2: migrate::step"), "{}", ran.err);
    assert!(ran.out.contains("not reached: a canary failed"), "{}", ran.out);
    // What the person reads of the statement is what stands in the file.
    assert!(ran.err.contains("ALTER TABLE shop.orders"), "{}", ran.err);
    assert_eq!(tenants.query("SELECT count(*) FROM pgplumb_of_a1.history WHERE id LIKE '%note'"), "0");
    assert_eq!(tenants.states(1, &["status"]), "t1 pending, t2 failed, t3 pending");
    tenants.query("DELETE FROM b1.orders");
    assert_eq!(tenants.states(0, &["apply", "--retry-failed"]), "t2 applied");
    assert_eq!(tenants.states(0, &["apply"]), "t1 applied, t2 applied, t3 applied");
    let groups = tenants.many(0, &["apply"]);
    assert!(groups.err.contains("3 targets at "), "{}", groups.err);
}

/// An index outside of a transaction, by a program that is killed again and again.
#[test]
fn a_run_that_is_killed_goes_on_in_its_own_schema() {
    let tenants = Tenants::with_orders(&["acme", "Globex Ltd"]);
    let up = "CREATE INDEX CONCURRENTLY orders_note_idx ON shop.orders (note);\nALTER TABLE shop.orders ADD COLUMN total int;\n";
    tenants.migration("20260102000000_more", up, None);
    let arguments = ["apply", "--db", tenants.url.as_str(), "--tenant-schema", "Globex Ltd"];
    for fault in [12, 16, 18, 20, 22] {
        let program = Command::new(env!("CARGO_BIN_EXE_pgplumb"));
        let mut command = without_settings(program, tenants.place.path(), &arguments);
        command.env("PGPLUMB_FAULT", fault.to_string()).output().unwrap();
    }
    tenants.place.exits(0, &arguments);
    let there =
        "SELECT string_agg(schemaname || '.' || indexname, ',') FROM pg_indexes WHERE indexname = 'orders_note_idx'";
    assert_eq!(tenants.query(there), "Globex Ltd.orders_note_idx");
    assert_eq!(tenants.states(1, &["status"]), "t1 pending, t2 applied");
    assert_eq!(tenants.states(0, &["apply"]), "t1 applied, t2 applied");
}

#[test]
fn what_may_be_misunderstood_is_refused_before_anything_runs() {
    let tenants = Tenants::with_orders(&["acme"]);
    for (up, code, said) in [
        (
            "SELECT 1;\nCREATE TABLE shop.x (shop int);\n",
            "tenant::doubtful",
            "line 2 of `generated/20260102000000_x/up.sql`",
        ),
        ("INSERT INTO shop.orders VALUES (1, 'shop');\n", "tenant::doubtful", "it stands in a string"),
        ("ALTER TABLE shop.orders OWNER TO shop;\n", "tenant::doubtful", "no schema is named"),
        ("CREATE TABLE shop.x ();\nCREATE TABLE x ();\n", "tenant::outside", "without saying in which schema"),
        ("DROP TABLE public.countries;\n", "tenant::outside", "something in the schema public"),
        ("CREATE EXTENSION pgcrypto;\n", "tenant::outside", "something that is in no schema"),
        ("ALTER SCHEMA shop RENAME TO other;\n", "tenant::outside", "changes something that is in no schema"),
        ("CREATE VIEW shop.x AS SELECT acme.id FROM shop.orders AS acme;\n", "tenant::taken", "the name acme itself"),
    ] {
        tenants.migration("20260102000000_x", up, None);
        for arguments in [&["apply"][..], &["apply", "--dry-run"]] {
            let ran = tenants.one(2, "acme", arguments);
            assert!(ran.err.contains(code) && ran.err.contains(said), "{up}: {}", ran.err);
        }
        let ran = tenants.many(2, &["apply"]);
        assert!(ran.err.contains(code), "{up}: {}", ran.err);
    }
    assert_eq!(
        tenants.query("SELECT to_regclass('acme.x') IS NULL AND to_regclass('public.countries') IS NOT NULL"),
        "t"
    );
    // What is temporary is nobody's.
    let up = "BEGIN;\nCREATE TEMP TABLE seen AS SELECT id FROM shop.orders;\nINSERT INTO shop.orders SELECT 9 FROM pg_temp.seen;\nDROP TABLE pg_temp.seen;\nCOMMIT;\n";
    tenants.migration("20260102000000_x", up, None);
    tenants.one(0, "acme", &["apply"]);
}

#[test]
fn a_tenant_without_a_schema_or_a_template_is_told_what_to_write() {
    let tenants = Tenants::new(&["acme"]);
    tenants.migration("20260101000000_orders", "CREATE TABLE shop.orders ();\n", None);
    let ran = tenants.many(2, &["apply"]);
    assert!(ran.err.contains("tenant::no_schema") && ran.err.contains("CREATE SCHEMA shop"), "{}", ran.err);
    for (schema, why) in [("public", "other objects"), ("pg_x", "of the system"), ("pgplumb_of_x", "holds the books")] {
        let ran = tenants.one(2, schema, &["status"]);
        assert!(ran.err.contains("fleet::bad_tenant") && ran.err.contains(why), "{}", ran.err);
    }
    for verb in [&["health"][..], &["backup", "full"], &["preflight"], &["restore", "latest"]] {
        let ran = tenants.one(2, "acme", verb);
        assert!(ran.err.contains("fleet::whole_database"), "{}", ran.err);
    }
    assert!(tenants.one(2, "acme", &["apply", "--backup"]).err.contains("fleet::backup_of_tenant"));
    assert!(tenants.many(2, &["apply", "--backup"]).err.contains("fleet::backup_of_tenant"));
    let ran = tenants.many(64, &["apply", "--tenant-schema", "acme"]);
    assert!(ran.err.contains("fleet::not_one"), "{}", ran.err);
    tenants.query("INSERT INTO tenants (schema) VALUES ('acme')");
    assert!(tenants.many(2, &["status"]).err.contains("its `schema` is that of row 1"));
    for template in ["public", "Shop", "pgplumb"] {
        tenants.place.write("pgplumb.yaml", &format!("fleet:\n  schema: {template}\n"));
        assert!(tenants.many(2, &["status"]).err.contains("config::template"));
    }
    tenants.place.write("pgplumb.yaml", "fleet: {}\n");
    for ran in [tenants.many(2, &["status"]), tenants.one(2, "acme", &["status"])] {
        assert!(ran.err.contains("fleet::no_template") && ran.err.contains("fleet: {schema: shop}"), "{}", ran.err);
    }
}

#[test]
fn an_environment_can_be_one_tenant() {
    let tenants = Tenants::with_orders(&["acme", "globex"]);
    let server = format!("{{url: '{}', tenant_schema: ", tenants.url);
    let config = format!("fleet: {{schema: shop}}\nenvironments:\n  a: {server}acme}}\n  g: {server}globex}}\n");
    tenants.place.write("pgplumb.yaml", &config);
    tenants.migration("20260102000000_more", "CREATE TABLE shop.more ();\n", None);
    tenants.place.exits(0, &["apply", "--env", "a"]);
    assert_eq!(tenants.query("SELECT concat(to_regclass('acme.more'), to_regclass('globex.more'))"), "acme.more");
    let ran = tenants.place.exits(0, &["apply", "--env", "a,g"]);
    assert!(ran.out.ends_with("2 targets: 2 applied\n"), "{}", ran.out);
    assert!(tenants.place.exits(2, &["health", "--env", "a"]).err.contains("fleet::whole_database"));
}

/// What the project has besides: seeds, questions about rows, tenants that were there before.
#[test]
fn seeds_and_questions_and_a_baseline_are_of_the_tenant() {
    let tenants = Tenants::new(&["acme", "globex"]);
    tenants.query("CREATE SCHEMA acme; CREATE TABLE acme.orders (id bigint PRIMARY KEY, note text)");
    let orders = "CREATE SCHEMA shop;\nCREATE TABLE shop.orders (id bigint PRIMARY KEY, note text);\n";
    tenants.migration("20260101000000_orders", orders, None);
    let ran = tenants.one(2, "acme", &["apply"]);
    assert!(ran.err.contains("schema \"acme\" already exists"), "{}", ran.err);
    tenants.one(0, "acme", &["baseline"]);
    assert_eq!(tenants.states(0, &["apply"]), "t1 applied, t2 applied");
    let groups = tenants.many(0, &["apply"]);
    assert!(groups.err.contains("2 targets at "), "{}", groups.err);

    tenants.place.write("seeds/01.sql", "INSERT INTO shop.orders VALUES (1);\n");
    tenants.many(0, &["apply", "--seed"]);
    assert_eq!(tenants.query("SELECT (SELECT count(*) FROM acme.orders) + (SELECT count(*) FROM globex.orders)"), "2");
    tenants.place.write("seeds/02.sql", "INSERT INTO shop.orders VALUES (2, 'shop');\n");
    let ran = tenants.one(2, "acme", &["apply", "--seed"]);
    assert!(ran.err.contains("tenant::doubtful") && ran.err.contains("seeds/02.sql"), "{}", ran.err);

    tenants.query("UPDATE globex.orders SET note = 'x'");
    tenants.migration("20260102000000_note", "ALTER TABLE shop.orders ALTER COLUMN note SET NOT NULL;\n", None);
    let ran = tenants.one(1, "acme", &["apply", "--check-data"]);
    assert!(ran.out.contains("rows-hold-null") || ran.err.contains("rows-hold-null"), "{}{}", ran.out, ran.err);
    tenants.one(0, "globex", &["apply", "--check-data"]);
}

/// A password in the place of a tenant, or beside it, is in nothing that is said.
#[test]
fn no_password_is_told() {
    let tenants = Tenants::with_orders(&["acme"]);
    let url = tenants.url.replace("postgres@", "postgres:hushhush@");
    tenants.migration("20260102000000_bad", "SELECT 1/0 FROM shop.orders;\nSELECT 1/0;\n", None);
    let sql = format!("SELECT 'a' AS name, 'acme' AS schema, '{url}' AS url UNION ALL SELECT 'b', 'pg_hushhush', NULL");
    let mut told = String::new();
    for arguments in [&["apply", "--verbose"][..], &["status"]] {
        let ran = tenants.place.exits(2, &[arguments, &["--db", &url, "--tenants", &sql]].concat());
        assert!(ran.err.contains("fleet::schema_tenant"), "{}", ran.err);
        told.push_str(&(ran.out + &ran.err));
        let ran = tenants.place.run(&[arguments, &["--db", &url, "--tenant-schema", "acme"]].concat());
        told.push_str(&(ran.out + &ran.err));
    }
    assert!(!told.contains("hushhush"), "{told}");
}

/// Comments are looked for among those of one schema, and on what is in none.
#[test]
fn a_comment_on_any_part_of_a_tenant_is_seen() {
    let tenants = Tenants::new(&["acme", "globex"]);
    tenants.migration("20260101000000_shop", SHOP, None);
    tenants.many(0, &["apply"]);
    for on in [
        "SCHEMA acme",
        "TYPE acme.mood",
        "SEQUENCE acme.numbers",
        "COLUMN acme.orders.id",
        "CONSTRAINT orders_pkey ON acme.orders",
        "INDEX acme.orders_pkey",
        "INDEX acme.orders_customer_idx",
        "VIEW acme.named",
        "FUNCTION acme.note()",
        "TRIGGER noted ON acme.orders",
        "POLICY own ON acme.orders",
    ] {
        tenants.query(&format!("COMMENT ON {on} IS 'said by hand'"));
        let drift = tenants.one(1, "acme", &["drift"]);
        assert!(drift.out.contains("1 difference") && drift.out.contains("+ comment o"), "{on}: {}", drift.out);
        tenants.one(0, "globex", &["drift"]);
        tenants.query(&format!("COMMENT ON {on} IS NULL"));
        tenants.one(0, "acme", &["drift"]);
    }
}
