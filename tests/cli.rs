//! The program as a person runs it: arguments in, files, text and an exit code out.

use std::fs;

use crate::harness::cluster::Cluster;
use crate::harness::dump::entries;
use crate::harness::place::Place;

const SHOP: &str = "
    SET check_function_bodies = off;
    CREATE SCHEMA shop;
    CREATE TYPE shop.state AS ENUM ('new', 'paid');
    CREATE TYPE shop.odd;
    CREATE FUNCTION shop.odd_in(cstring) RETURNS shop.odd LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
    CREATE FUNCTION shop.odd_out(shop.odd) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
    CREATE TYPE shop.odd (INPUT = shop.odd_in, OUTPUT = shop.odd_out, LIKE = integer);
    CREATE TABLE shop.a (id int PRIMARY KEY, b int, state shop.state DEFAULT 'new');
    CREATE TABLE shop.b (id int PRIMARY KEY, a int REFERENCES shop.a, odd shop.odd);
    ALTER TABLE shop.a ADD FOREIGN KEY (b) REFERENCES shop.b;
    CREATE FUNCTION shop.count() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM shop.\"V/1\"';
    CREATE VIEW shop.\"V/1\" AS SELECT * FROM shop.a WHERE id > 0;
    CREATE TABLE shop.log (at date, n bigint DEFAULT shop.count()) PARTITION BY RANGE (at);
    CREATE TABLE shop.log_1 PARTITION OF shop.log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
    CREATE INDEX log_at ON shop.log (at);
    CREATE INDEX a_state ON shop.a (state);
    COMMENT ON COLUMN shop.a.state IS 'what became of it';
    GRANT SELECT ON shop.a TO PUBLIC;";

#[test]
fn what_is_not_understood_exits_64_and_help_exits_0() {
    let place = Place::new();
    for arguments in [&["plam"][..], &[], &["diff", "a"], &["plan", "--allow", "Drop"], &["graph", "--format", "png"]] {
        place.exits(64, arguments);
    }
    for verb in ["plan", "diff", "dump", "init", "graph", "completions"] {
        let help = place.exits(0, &[verb, "--help"]).out;
        assert!(help.contains("Examples:"), "{help}");
    }
    assert!(place.exits(0, &["--version"]).out.starts_with("pgplumb "));
    assert!(place.exits(0, &["completions", "bash"]).out.contains("--reverse"));
}

#[test]
fn failures_exit_2_and_say_what_to_do() {
    let place = Place::new();
    let cases: [(&[&str], &str); 5] = [
        (&["dump"], "command::no_database"),
        (&["diff", "nowhere", "."], "source::not_there"),
        (&["diff", ".", "."], "source::no_sql"),
        (&["dump", "--env", "live"], "config::no_environment"),
        (&["dump", "--db", "postgresql:///x?host=/nowhere"], "db::cannot_connect"),
    ];
    for (arguments, code) in cases {
        let told = place.exits(2, arguments).err;
        assert!(told.contains(code) && told.contains("help:"), "{told}");
    }
    place.write("pgplumb.yaml", "shcema: [x]\n");
    let told = place.exits(2, &["plan"]).err;
    assert!(told.contains("config::unknown_key") && told.contains("did you mean `schema`?"), "{told}");
}

#[test]
fn a_dump_is_loaded_by_psql_and_is_its_source_to_diff() {
    let (place, cluster) = (Place::new(), Cluster::start().unwrap());
    cluster.create(&["live", "tree", "file"]).unwrap();
    place.write("shop.sql", SHOP);
    cluster.psql("live", &place.path().join("shop.sql")).unwrap();
    let live = cluster.url("live");
    place.exits(0, &["dump", "--db", &live, "--out", "tree/"]);
    place.exits(0, &["dump", "--db", &live, "--out", "file.sql"]);
    place.exits(0, &["dump", "--db", &live, "--snapshot", "--out", "live.json"]);
    assert_eq!(place.exits(0, &["dump", "--db", &live]).out, place.read("file.sql"));
    assert!(place.read("tree/shop/tables/a.sql").contains("a_state"), "an index is in the file of its table");
    assert!(place.path().join("tree/shop/views/V%2F1.sql").exists());
    cluster.psql("tree", &place.path().join("tree/load.sql")).unwrap();
    cluster.psql("file", &place.path().join("file.sql")).unwrap();
    let wanted = entries(&cluster.dump("live").unwrap());
    for database in ["tree", "file"] {
        assert_eq!(entries(&cluster.dump(database).unwrap()), wanted, "{database}");
        place.exits(0, &["diff", &live, &cluster.url(database)]);
    }
    for side in ["tree", "file.sql", "live.json", "shop.sql"] {
        assert_eq!(place.exits(0, &["diff", side, &live]).out, "");
        place.exits(0, &["diff", &live, side]);
    }
    let told = place.exits(2, &["dump", "--db", &live, "--out", "tree/"]).err;
    assert!(told.contains("command::exists"), "{told}");
}

#[test]
fn diff_prints_the_way_there_and_back() {
    let place = Place::new();
    place.write("one.sql", SHOP);
    place.write("two.sql", &SHOP.replace("b int,", "b int, note text,"));
    let there = place.exits(1, &["diff", "one.sql", "two.sql"]).out;
    assert!(there.contains("ALTER TABLE shop.a ADD COLUMN note text;"), "{there}");
    let back = place.exits(1, &["diff", "--reverse", "one.sql", "two.sql"]).out;
    assert!(back.contains("ALTER TABLE shop.a DROP COLUMN note;"), "{back}");
}

#[test]
fn init_starts_from_a_live_database_and_never_writes_over_anything() {
    let (place, cluster) = (Place::new(), Cluster::start().unwrap());
    cluster.create(&["live"]).unwrap();
    place.write("shop.sql", SHOP);
    cluster.psql("live", &place.path().join("shop.sql")).unwrap();
    let live = cluster.url("live");
    place.exits(0, &["init", "--db", &live]);
    assert!(place.exits(0, &["plan", "--db", &live]).out.contains("nothing to change"));
    let config = place.read("pgplumb.yaml");
    assert!(!config.contains("postgresql://"), "{config}");
    assert!(place.exits(2, &["init", "--empty"]).err.contains("command::exists"));
    fs::remove_file(place.path().join("pgplumb.yaml")).unwrap();
    assert!(place.exits(2, &["init", "--empty"]).err.contains("command::exists"));
}

#[test]
fn without_a_database_a_plan_goes_on_from_the_migrations() {
    let place = Place::new();
    place.exits(0, &["init", "--empty"]);
    place.write("schema/shop.sql", SHOP);
    place.exits(0, &["plan", "--name", "first"]);
    assert!(place.exits(0, &["plan"]).out.contains("nothing to change"));
    place.write("schema/shop.sql", &SHOP.replace("b int,", "c int,").replace("(b)", "(c)"));
    let told = place.exits(1, &["plan", "--stdout"]).err;
    assert!(told.contains("drop-column:shop.a.b"), "{told}");
    place.exits(0, &["plan", "--allow", "drop-column:shop.a.b", "--allow", "likely-rename", "--name", "second"]);
    assert!(place.exits(0, &["plan"]).out.contains("nothing to change"));
    let mut made: Vec<String> = fs::read_dir(place.path().join("generated"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .map(|name| name.split_once('_').unwrap().1.to_owned())
        .collect();
    made.sort();
    assert_eq!(made, ["first", "second"]);
    let out = place.path().join("out");
    place.write("schema/more.sql", "CREATE TABLE shop.more (id int);");
    place.write("pgplumb.yaml", "timeouts: {lock: 700ms, statement: 5min}");
    place.exits(0, &["plan", "--out", "out"]);
    let up = fs::read_to_string(out.join("up.sql")).unwrap();
    assert!(up.contains("SET LOCAL lock_timeout = '700ms';\nSET LOCAL statement_timeout = '5min';"), "{up}");
    fs::remove_file(place.path().join("schema/more.sql")).unwrap();
    assert_eq!(place.exits(0, &["diff", "generated", "schema"]).out, "");
}

/// So much that two sessions read it, or one that is let in alone.
const LARGE: &str = "
    CREATE ROLE one LOGIN CONNECTION LIMIT 1;
    CREATE ROLE many LOGIN;
    DO $$
    BEGIN
        FOR n IN 1..250 LOOP
            EXECUTE format('CREATE TABLE t%s (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a text DEFAULT current_user,
                b int DEFAULT 1 CHECK (b > 0), c text UNIQUE)', n);
            EXECUTE format('CREATE VIEW v%s AS SELECT id, a FROM t%s WHERE b > %s', n, n, n);
            EXECUTE format('CREATE INDEX i%s ON t%s (lower(a)) WHERE b = %s', n, n, n);
        END LOOP;
        ASSERT (SELECT count(*) > 6000 FROM pg_depend WHERE objid >= 16384), 'it is not large';
    END $$;";

#[test]
fn two_sessions_read_what_one_reads() {
    let (place, cluster) = (Place::new(), Cluster::start().unwrap());
    cluster.create(&["live"]).unwrap();
    place.write("large.sql", LARGE);
    cluster.psql("live", &place.path().join("large.sql")).unwrap();
    let dump = |role: &str| {
        let live = cluster.url("live").replace("postgres@", &format!("{role}@"));
        assert!(live.contains(role), "{live}");
        place.exits(0, &["dump", "--db", &live, "--snapshot"]).out
    };
    let one = dump("one");
    assert_eq!(dump("many"), one);
    assert_eq!(one.matches("[{\"view\":{\"schema\"").count(), 250, "{}", &one[..2000]);
}

#[test]
fn timings_say_on_stderr_how_long_each_part_took() {
    let place = Place::new();
    place.exits(0, &["init", "--empty"]);
    place.write("schema/shop.sql", SHOP);
    let ran = place.exits(0, &["plan", "--stdout", "--format", "json", "--timings"]);
    let parts: Vec<&str> = ran.err.lines().filter_map(|line| line.split_once(" s  ")).map(|(_, part)| part).collect();
    for part in ["parsing the files", "replaying the migrations", "loading the files", "reading what was loaded"] {
        assert!(parts.contains(&part), "{part}\n{}", ran.err);
    }
    assert_eq!(parts.last(), Some(&"in all"));
    let plain = place.exits(0, &["plan", "--stdout", "--format", "json"]);
    assert_eq!((plain.out, plain.err.as_str()), (ran.out, ""));
}

#[test]
fn a_graph_shows_needs_and_what_a_plan_touches() {
    let place = Place::new();
    place.write("schema/one.sql", SHOP);
    place.write("two.sql", &SHOP.replace("b int,", "b int, note text,"));
    let text = place.exits(0, &["graph"]).out;
    assert!(
        text.contains("view shop.\"V/1\"\n    needs enum shop.state\n    needs schema shop\n    needs table shop.a\n"),
        "{text}"
    );
    assert!(!text.contains("index"), "an index is part of its table: {text}");
    assert!(place.exits(0, &["graph", "--format", "dot"]).out.starts_with("digraph schema {"));
    assert!(place.exits(0, &["graph", "--format", "mermaid", "two.sql"]).out.starts_with("flowchart LR"));
    let touched = place.exits(0, &["graph", "schema", "two.sql"]).out;
    assert!(touched.starts_with("~ table shop.a\n"), "{touched}");
}

#[test]
fn what_no_room_reads_is_counted_and_holds_up_a_strict_plan() {
    let (place, cluster) = (Place::new(), Cluster::start().unwrap());
    cluster.create(&["live"]).unwrap();
    place.write("schema/one.sql", "CREATE TABLE t (a int);");
    // No provider of labels comes with Postgres, so the row that one would make is written by hand.
    place.write(
        "live.sql",
        "CREATE TABLE t (a int);
        CREATE TYPE later;
        SELECT lo_create(0), lo_create(0);
        CREATE ROLE app;
        ALTER DATABASE live SET work_mem = '5MB';
        ALTER ROLE app IN DATABASE live SET application_name = 'hidden=value';
        ALTER ROLE app SET work_mem = '6MB';
        GRANT EXECUTE ON FUNCTION pg_ls_waldir() TO app;
        INSERT INTO pg_seclabel VALUES ('t'::regclass, 'pg_class'::regclass, 1, 'guard', 'secret');
        INSERT INTO pg_seclabel VALUES ('pg_proc'::regclass, 'pg_class'::regclass, 0, 'guard', 'of initdb');",
    );
    cluster.psql("live", &place.path().join("live.sql")).unwrap();
    let live = cluster.url("live");
    let told = place.exits(0, &["plan", "--db", &live]).out;
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    let counts = "1 database setting, 2 large object, 1 security label, 1 set of privileges on an object of the system, \
        1 setting of a role in the database, 1 type without a definition";
    assert!(told.contains(&format!("not managed 7 objects: {counts}")), "{told}");

    let told = place.exits(1, &["plan", "--strict", "--db", &live]);
    for object in [
        "setting work_mem",
        "setting application_name of role app",
        "label by guard of table column t.a",
        "base type later",
        "privileges on function pg_catalog.pg_ls_waldir()",
    ] {
        place.exits(1, &["plan", "--strict", "--db", &live, "--allow", &format!("not-managed:{object}")]);
        assert!(told.out.contains(object), "{object}: {}", told.out);
    }
    assert!(told.out.contains("not-managed") && !told.out.contains("hidden"), "{}", told.out);
    place.exits(0, &["plan", "--strict", "--db", &live, "--allow", "not-managed"]);
}

#[test]
fn a_base_type_is_not_dropped_below_what_is_not_managed() {
    let (place, cluster) = (Place::new(), Cluster::start().unwrap());
    cluster.create(&["live"]).unwrap();
    place.write("schema/one.sql", "CREATE TABLE t (a int);");
    place.write("pgplumb.yaml", "exclude: {schemas: [others]}");
    place.write(
        "live.sql",
        "CREATE TABLE t (a int);
        CREATE TYPE odd;
        CREATE FUNCTION odd_in(cstring) RETURNS odd LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
        CREATE FUNCTION odd_out(odd) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
        CREATE TYPE odd (INPUT = odd_in, OUTPUT = odd_out, LIKE = integer);
        CREATE SCHEMA others;
        CREATE TABLE others.t (many odd[]);",
    );
    cluster.psql("live", &place.path().join("live.sql")).unwrap();
    let arguments = ["plan", "--db", &cluster.url("live"), "--allow", "all", "--out", "out"];
    place.exits(0, &arguments);
    let up = place.path().join("out/up.sql");
    let refused = cluster.psql("live", &up).unwrap_err();
    assert!(refused.contains("other objects still use the type public.odd"), "{refused}");
    cluster.query("live", "DROP TABLE others.t").unwrap();
    cluster.psql("live", &up).unwrap();
    assert_eq!(cluster.query("live", "SELECT count(*) FROM pg_proc WHERE proname LIKE 'odd%'").unwrap().trim(), "0");
}

const NUMBERED: &str = "CREATE TABLE orders (id bigint PRIMARY KEY, at date, note text);";

#[test]
fn the_plain_form_is_one_transaction_when_it_is_asked_for() {
    let cluster = Cluster::start().unwrap();
    cluster.query("postgres", NUMBERED).unwrap();
    let (place, url) = (Place::new(), cluster.url("postgres"));
    place.write("schema/a.sql", &format!("{NUMBERED} CREATE INDEX orders_at ON orders (at);"));
    let online = place.exits(0, &["plan", "--db", &url, "--stdout"]).out;
    assert!(online.contains("CREATE INDEX CONCURRENTLY"), "{online}");
    for plain in [["--online", "off"], ["--for", "tests"]] {
        let ran = place.exits(0, &[&["plan", "--db", &url, "--stdout"][..], &plain].concat());
        assert!(ran.out.contains("CREATE INDEX orders_at"), "{}", ran.out);
        assert!(ran.out.contains("-- SHARE on orders while an index is built\n"), "{}", ran.out);
        // The table is empty, so nobody waits for long.
        assert!(ran.err.contains("index-not-concurrent: nobody can write to orders"), "{}", ran.err);
    }
}

/// What the files leave to whoever loads them belongs to the one who applies, also on a scratch of our own.
#[test]
fn a_table_that_was_there_comes_to_own_a_sequence() {
    let cluster = Cluster::start().unwrap();
    cluster.query("postgres", "CREATE TABLE event (id text); CREATE SEQUENCE ticket_id").unwrap();
    let (place, url) = (Place::new(), cluster.url("postgres"));
    place.write(
        "schema/a.sql",
        "CREATE TABLE event (id bigserial); CREATE TABLE ticket (id bigint); CREATE SEQUENCE ticket_id OWNED BY ticket.id",
    );
    place.exits(0, &["plan", "--db", &url, "--allow", "all", "--out", "out"]);
    cluster.psql("postgres", &place.path().join("out/up.sql")).unwrap();
    assert_eq!(place.exits(0, &["diff", &url, "schema"]).out, "");
}

#[test]
fn what_is_large_blocks_and_says_how_large_it_is() {
    let cluster = Cluster::start().unwrap();
    let rows = "INSERT INTO orders SELECT n, now(), 'n' FROM generate_series(1, 50000) AS n; ANALYZE orders";
    cluster.query("postgres", &format!("{NUMBERED} {rows}")).unwrap();
    let (place, url) = (Place::new(), cluster.url("postgres"));
    place.write("schema/a.sql", &NUMBERED.replace("at date", "at timestamptz"));
    let plan = ["plan", "--db", &url, "--out", "out"];
    let ran = place.exits(1, &plan);
    assert!(
        ran.out.contains("type-rewrites: all rows of orders are written anew for the new type of at"),
        "{}",
        ran.out
    );
    let up = place.read("out/up.sql");
    assert!(
        up.contains("-- ACCESS EXCLUSIVE on orders (2.1 MB, about 50,000 rows) while all rows are written anew"),
        "{up}"
    );
    let json: serde_json::Value = serde_json::from_str(&place.read("out/plan.json")).unwrap();
    let effect = &json["up"]["steps"][0]["effects"]["on"][0];
    assert_eq!((&effect["lock"], &effect["rewritten"]), (&"access-exclusive".into(), &true.into()), "{json}");
    assert_eq!(effect["size"]["rows"], 50_000);
    place.write("pgplumb.yaml", "lint: {rules: {type-rewrites: note}}");
    place.exits(0, &plan);
    place.write("pgplumb.yaml", "lint: {threshold: {rows: 1000000, bytes: 1GB}}");
    place.exits(0, &plan);
}
