//! A rename that keeps the old name: programs of before and after use the table between two migrations. Both ways of both, a
//! run that is cut short, the runner that holds the second back until its time, and what cannot be kept.

use std::fs;

use crate::harness::cluster::Cluster;
use crate::harness::halves::Halves;
use crate::harness::program::{Ran, pgplumb, ran};

const FROM: &str = "
CREATE TABLE client (id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT client_pkey PRIMARY KEY, name text NOT NULL, mail text CONSTRAINT client_mail_key UNIQUE,
    state text DEFAULT 'new' NOT NULL, made timestamptz DEFAULT now());
CREATE TABLE bill (id bigint PRIMARY KEY, client_id bigint REFERENCES client);
CREATE VIEW named AS SELECT id, name FROM client;
INSERT INTO client (name, mail) SELECT n::text, n || '@x' FROM generate_series(1, 100) AS n;
";

const TO: &str = "
CREATE TABLE customer ( -- pgplumb: renamed from client keep 2 releases
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT client_pkey PRIMARY KEY,
    -- pgplumb: renamed from name
    full_name text NOT NULL,
    mail text CONSTRAINT client_mail_key UNIQUE,
    state text DEFAULT 'new' NOT NULL,
    made timestamptz DEFAULT now(),
    note text);
CREATE TABLE bill (id bigint PRIMARY KEY, client_id bigint REFERENCES customer);
CREATE VIEW named AS SELECT id, full_name AS name FROM customer;
";

/// What a program of before and one of after do.
const BEFORE: &str = "
INSERT INTO client (name, mail) VALUES ('old', 'old@x');
INSERT INTO client (name, mail) VALUES ('old', 'old@x') ON CONFLICT (mail) DO UPDATE SET name = excluded.name || '!';
UPDATE client SET state = 'seen' WHERE id = 3;
DELETE FROM client WHERE id = 4;
SELECT id, name, mail, state, made FROM client WHERE id = 5 FOR UPDATE;
";
const AFTER: &str =
    "INSERT INTO customer (full_name, note) VALUES ('new', 'n'); UPDATE customer SET state = 'two' WHERE id = 5";
const SEEN: &str = "SELECT (SELECT count(*) FROM client) = 101 AND count(*) = 101
    AND bool_or(full_name = 'old!' AND state = 'new' AND made IS NOT NULL)
    AND (SELECT count(*) FROM client WHERE state = 'seen' AND id = 3 OR state = 'two' AND id = 5) = 2 FROM customer";

#[test]
fn a_table_is_used_by_both_names_and_both_migrations_go_both_ways() {
    let cluster = Cluster::start().unwrap();
    let place = Halves::new(&cluster, "table", FROM, TO);
    let (start, wanted) = (cluster.dump("live").unwrap(), cluster.dump("wanted").unwrap());
    let said = place.plan(&["--out", "out"]);
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    let contract = place.read("out-contract/up.sql");
    assert!(contract.contains("\n-- pgplumb: phase contract after 2 releases\n"), "{contract}");
    place.run("out/up.sql");
    place.write(BEFORE);
    place.write(AFTER);
    place.is_true(SEEN);
    let between = cluster.dump("live").unwrap();
    // What was begun is kept, and nothing is written twice.
    let again = place.plan(&["--out", "again"]);
    assert!(again.out.contains("nothing to change"), "{}", again.out);
    assert!(!place.folder.join("again-contract").exists(), "{}", again.out);
    place.run("out-contract/up.sql");
    place.is_like(&wanted);
    assert!(place.plan(&["--stdout"]).out.is_empty());
    place.run("out-contract/down.sql");
    place.is_like(&between);
    place.is_true(SEEN);
    place.run("out/down.sql");
    place.is_like(&start);
    place.is_true("SELECT count(*) = 101 FROM client");
}

/// A migration that somebody wrote, which was planned for no state in particular: it makes a table.
fn written(place: &Halves, id: &str, table: &str) {
    let folder = place.folder.join("generated").join(id);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("up.sql"), format!("CREATE TABLE {table} (id bigint);")).unwrap();
    fs::write(folder.join("down.sql"), format!("DROP TABLE {table};")).unwrap();
}

fn folders(place: &Halves) -> Vec<String> {
    let entries = fs::read_dir(place.folder.join("generated")).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn told(place: &Halves, arguments: &[&str], code: i32) -> Ran {
    let db = place.cluster.url("live");
    let done = ran(pgplumb(&place.folder, arguments).args(["--db", &db]));
    assert_eq!(done.code, Some(code), "{arguments:?}: {}{}", done.out, done.err);
    done
}

/// Two further runs of `apply` that apply something, one of them a migration that was planned on top of the contract,
/// and the third runs the contract by itself.
#[test]
fn the_contract_runs_after_its_releases() {
    let cluster = Cluster::start().unwrap();
    let place = Halves::new(&cluster, "releases", FROM, TO);
    fs::write(place.folder.join("pgplumb.yaml"), "migrations: generated\n").unwrap();
    place.plan(&["--name", "customers"]);
    let (expand, contract) = (folders(&place)[0].clone(), folders(&place)[1].clone());
    let first = told(&place, &["apply"], 0);
    assert!(first.out.contains(&format!("applied {expand}")) && !first.out.contains(&contract), "{}", first.out);
    let waits = |ran: &Ran, what: &str| {
        let line = format!("`{contract}` is held back: it waits for {what}, and `--phase contract` runs it at once");
        assert!(ran.err.contains(&line), "{}", ran.err);
    };
    waits(&first, "2 releases more");
    place.write(BEFORE);
    place.write(AFTER);
    place.is_true(SEEN);
    // A run that applies nothing is no release.
    assert!(told(&place, &["apply"], 0).out.contains("nothing to apply"));
    let status = told(&place, &["status"], 1);
    assert!(status.out.contains("pending, held back: waits for 2 releases more"), "{}", status.out);
    written(&place, "29990101000000_second", "second");
    waits(&told(&place, &["apply"], 0), "1 release more");
    let dry = told(&place, &["apply", "--dry-run"], 0);
    assert!(dry.out.contains("nothing to apply"), "{}", dry.out);
    waits(&dry, "1 release more");
    written(&place, "29990102000000_third", "third");
    told(&place, &["apply"], 0);
    let json = told(&place, &["status", "--format", "json"], 1).out;
    assert!(json.contains("\"waits\": null"), "{json}");
    let last = told(&place, &["apply"], 0);
    assert!(last.out.contains(&format!("applied {contract}")), "{}{}", last.out, last.err);
    place.is_true("SELECT to_regclass('client') IS NULL AND count(*) = 101 FROM customer");
    told(&place, &["status"], 0);
    told(&place, &["rollback", "1", "--yes"], 0);
    place.is_true(SEEN);
    place.is_true("SELECT count(*) = 4 AND max(release) = 4 AND count(DISTINCT release) = 4 FROM pgplumb.history WHERE release IS NOT NULL");
}

/// What was planned for the state after the contract runs before it, where that only takes something away.
#[test]
fn a_planned_migration_passes_the_contract() {
    let cluster = Cluster::start().unwrap();
    let place = Halves::new(&cluster, "passes", FROM, TO);
    fs::write(place.folder.join("pgplumb.yaml"), "migrations: generated\n").unwrap();
    place.plan(&["--name", "customers"]);
    let contract = folders(&place)[1].clone();
    // Planned from the state that both lead to, as it is where the folder is replayed.
    fs::write(place.folder.join("further.sql"), format!("{TO} CREATE TABLE further (id bigint PRIMARY KEY);")).unwrap();
    let (db, scratch) = (cluster.url("wanted"), cluster.url("postgres"));
    let out = "generated/29990101000000_further";
    let plan = ["plan", "--schema", "further.sql", "--db", &db, "--scratch", &scratch, "--out", out];
    assert_eq!(ran(&mut pgplumb(&place.folder, &plan)).code, Some(0));
    told(&place, &["apply"], 0);
    place.is_true("SELECT to_regclass('client') IS NOT NULL AND to_regclass('further') IS NOT NULL");
    written(&place, "29990102000000_third", "third");
    told(&place, &["apply"], 0);
    written(&place, "29990103000000_fourth", "fourth");
    told(&place, &["apply"], 0);
    told(&place, &["apply"], 0);
    place.is_true("SELECT to_regclass('client') IS NULL");
    let status = told(&place, &["status"], 0).out;
    assert!(status.contains(&contract) && !status.contains("pending"), "{status}");
    // And all of it back, to where it began.
    told(&place, &["rollback", "4", "--yes", "--allow", "all"], 0);
    place.is_true("SELECT to_regclass('client') IS NOT NULL AND to_regclass('further') IS NULL");
}

#[test]
fn the_contract_runs_after_its_time() {
    let cluster = Cluster::start().unwrap();
    let place = Halves::new(&cluster, "time", FROM, &TO.replace("2 releases", "14d"));
    fs::write(place.folder.join("pgplumb.yaml"), "migrations: generated\n").unwrap();
    place.plan(&["--name", "customers"]);
    let first = told(&place, &["apply"], 0);
    assert!(first.err.contains("it waits for 14 days more"), "{}", first.err);
    place.write("UPDATE pgplumb.history SET started_at = started_at - interval '13 days 23 hours'");
    let second = told(&place, &["apply"], 0);
    assert!(second.err.contains("it waits for 60 minutes more"), "{}", second.err);
    place.write("UPDATE pgplumb.history SET started_at = started_at - interval '1 hour'");
    assert!(told(&place, &["apply"], 0).out.contains("-contract"));
}

/// The rename and the view are one transaction: a cut is before it or after, and what is between is kept.
#[test]
fn a_cut_rename_is_finished() {
    let cluster = Cluster::start().unwrap();
    let to =
        format!("{TO} CREATE INDEX customer_state ON customer (state); CREATE INDEX bill_client ON bill (client_id);");
    for cut in 1.. {
        let place = Halves::new(&cluster, &format!("cut{cut}"), FROM, &to);
        place.plan(&["--out", "out"]);
        let up = place.read("out/up.sql");
        let ends: Vec<usize> = up.match_indices(";\n").map(|(at, _)| at + 2).collect();
        let outside = |end: &&usize| up[..**end].matches("BEGIN;").count() == up[..**end].matches("COMMIT;").count();
        let Some(end) = ends.iter().filter(outside).nth(cut - 1) else {
            assert!(cut > 4, "{up}");
            break;
        };
        fs::write(place.folder.join("first.sql"), &up[..*end]).unwrap();
        place.run("first.sql");
        place.plan(&["--out", "again"]);
        if place.folder.join("again").exists() {
            place.run("again/up.sql");
        }
        place.write(BEFORE);
        place.write(AFTER);
        place.is_true(SEEN);
        let contract = ["again-contract", "out-contract"].into_iter().find(|name| place.folder.join(name).exists());
        place.run(&format!("{}/up.sql", contract.unwrap()));
        place.is_like(&cluster.dump("wanted").unwrap());
    }
}

#[test]
fn what_cannot_be_kept_is_said() {
    let cluster = Cluster::start().unwrap();
    let from = "CREATE TABLE a (x int);";
    let says = |name: &str, to: &str, arguments: &[&str]| {
        let place = Halves::new(&cluster, name, from, to);
        let said = place.plan(&[&["--out", "out"], arguments].concat());
        assert!(!place.folder.join("out-contract").exists());
        (said.out.split_whitespace().collect::<Vec<_>>().join(" "), place.read("out/up.sql"))
    };
    let kept = "-- pgplumb: renamed from a keep 2d\n";
    let (out, up) = says("taken", &format!("{kept}CREATE TABLE b (x int); CREATE TABLE a (y int);"), &[]);
    assert!(out.contains("table b does not keep its old name: table a has that name"), "{out}");
    assert!(up.contains("RENAME TO b"), "{up}");
    // Who asks for the plain form gets it.
    let (out, up) = says("off", &format!("{kept}CREATE TABLE b (x int);"), &["--online", "off"]);
    assert!(!out.contains("keep") && !up.contains("VIEW"), "{out}{up}");
}

/// Who may use the table may use the view, and its policies hold.
#[test]
fn the_view_has_the_owner_and_the_grants_of_the_table() {
    let cluster = Cluster::start().unwrap();
    cluster.query("postgres", "CREATE ROLE keeper; CREATE ROLE reader; CREATE ROLE part;").unwrap();
    let table = |name: &str, said: &str, more: &str| {
        let more = more.replace("NOTE", name);
        format!(
            "{said}CREATE TABLE {name} (id int, whose text, secret text); ALTER TABLE {name} OWNER TO keeper;
GRANT SELECT, INSERT ON {name} TO reader; {more}"
        )
    };
    let rows = "INSERT INTO note VALUES (1, 'reader', 's'), (2, 'part', 's'), (3, 'reader', 's');";
    let kept = "-- pgplumb: renamed from note keep 1 release\n";
    let (rules, columns) = (
        "ALTER TABLE NOTE ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON NOTE USING (whose = current_user);",
        "GRANT SELECT (id, whose) ON NOTE TO part;",
    );
    let as_role = |role: &str, sql: &str| cluster.query("live", &format!("SET ROLE {role}; {sql}"));
    let sees = |role: &str, what: &str| {
        let text = as_role(role, what).unwrap();
        text.lines().last().unwrap_or_default().to_owned()
    };
    let denied =
        |role: &str, sql: &str| assert!(as_role(role, sql).unwrap_err().contains("permission denied"), "{sql}");
    for (name, more, visible) in [("policies", rules, "2"), ("columns", columns, "3")] {
        let place = Halves::new(&cluster, name, &(table("note", "", more) + rows), &table("remark", kept, more));
        let start = cluster.dump("live").unwrap();
        place.plan(&["--out", "out"]);
        place.run("out/up.sql");
        place.is_true("SELECT relowner::regrole::text = 'keeper' FROM pg_class WHERE oid = 'note'::regclass");
        assert_eq!(sees("reader", "SELECT count(*) FROM note"), visible, "{name}");
        denied("reader", "DELETE FROM note");
        denied("part", "SELECT secret FROM note");
        if more == columns {
            assert_eq!(sees("part", "SELECT max(id) FROM note"), "3");
        }
        let between = cluster.dump("live").unwrap();
        place.run("out-contract/up.sql");
        place.run("out-contract/down.sql");
        place.is_like(&between);
        place.run("out/down.sql");
        place.is_like(&start);
    }
    let both = format!("{rules} {columns}");
    let place = Halves::new(&cluster, "both", &table("note", "", &both), &table("remark", kept, &both));
    let said = place.plan(&["--stdout"]);
    let why = "where columns have grants of their own a view looks past the row security";
    assert!(said.err.split_whitespace().collect::<Vec<_>>().join(" ").contains(why), "{}", said.err);
}

/// A column that gets another name, with all that can be on it, and what programs of both versions write.
struct Column {
    name: &'static str,
    from: &'static str,
    to: &'static str,
    before: &'static str,
    after: &'static str,
    /// True between the two, whoever wrote.
    in_step: &'static str,
}

const COLUMNS: &[Column] = &[
    Column {
        name: "a text that may be null, with a default, an index and a check",
        from: "
CREATE TABLE client (id bigint PRIMARY KEY, mail text DEFAULT 'none', n numeric);
ALTER TABLE client ADD CONSTRAINT client_mail CHECK (mail <> '');
CREATE UNIQUE INDEX client_by_mail ON client (mail) WHERE mail <> 'none';
CREATE INDEX client_old_only ON client (mail, n);
COMMENT ON COLUMN client.mail IS 'where to write to';
INSERT INTO client SELECT n, n || '@x', 1.0 FROM generate_series(1, 2000) AS n;
INSERT INTO client VALUES (2001, NULL, 1.0);
",
        to: "
CREATE TABLE client (id bigint PRIMARY KEY,
    email text DEFAULT 'none', -- pgplumb: renamed from mail keep 1 release
    n numeric);
ALTER TABLE client ADD CONSTRAINT client_mail CHECK (email <> '');
CREATE UNIQUE INDEX client_by_mail ON client (email) WHERE email <> 'none';
CREATE INDEX client_new_only ON client (email, n);
COMMENT ON COLUMN client.email IS 'where to write to';
",
        before: "
INSERT INTO client (id) VALUES (3001);
INSERT INTO client (id, mail) VALUES (3002, NULL), (3003, 'o@x');
INSERT INTO client (id, mail) VALUES (3003, 'o@x') ON CONFLICT (id) DO UPDATE SET mail = excluded.mail || 'y';
UPDATE client SET mail = 'changed@x' WHERE id = 3;
UPDATE client SET mail = NULL WHERE id = 4;
UPDATE client SET n = 2 WHERE id = 5;
",
        after: "
INSERT INTO client (id) VALUES (4001);
INSERT INTO client (id, email) VALUES (4002, NULL), (4003, 'n@x'), (4004, 'none');
UPDATE client SET email = 'again@x' WHERE id = 6;
UPDATE client SET email = NULL WHERE id = 7;
",
        in_step: "SELECT bool_and(mail IS NOT DISTINCT FROM email) AND count(*) = 2008
    AND string_agg(email, ' ' ORDER BY id) FILTER (WHERE id IN (1, 3, 4, 5, 6, 7) OR id > 2000)
        = '1@x changed@x 5@x again@x none o@xy none n@x none'
    AND count(*) FILTER (WHERE email IS NULL) = 5 FROM client",
    },
    Column {
        name: "a serial key that another table refers to",
        from: "
CREATE TABLE client (cid serial CONSTRAINT client_pkey PRIMARY KEY, note text);
CREATE TABLE bill (id bigint PRIMARY KEY, client_id integer CONSTRAINT bill_client REFERENCES client);
INSERT INTO client (note) SELECT n::text FROM generate_series(1, 300) AS n;
INSERT INTO bill SELECT n, n FROM generate_series(1, 300) AS n;
",
        to: "
CREATE SEQUENCE client_cid_seq AS integer;
CREATE TABLE client (
    -- pgplumb: renamed from cid keep 14d
    id integer DEFAULT nextval('client_cid_seq') CONSTRAINT client_pkey PRIMARY KEY,
    note text);
ALTER SEQUENCE client_cid_seq OWNED BY client.id;
CREATE TABLE bill (id bigint PRIMARY KEY, client_id integer CONSTRAINT bill_client REFERENCES client);
",
        before: "
INSERT INTO client (note) VALUES ('old'); INSERT INTO client (cid, note) VALUES (1000, 'o');
UPDATE client SET note = 'o' WHERE cid = 3; INSERT INTO bill VALUES (1000, 301);
UPDATE client SET cid = 2000 WHERE cid = 1000;
",
        after: "INSERT INTO client (note) VALUES ('new'); INSERT INTO client (id, note) VALUES (3000, 'n');",
        in_step: "SELECT bool_and(cid = id) AND count(*) = 304 AND count(*) FILTER (WHERE id IN (301, 302, 2000, 3000)) = 4 FROM client",
    },
    Column {
        name: "a json and a quoted name, NOT NULL",
        from: "
CREATE TABLE \"Event\" (id bigint PRIMARY KEY, \"What\" json NOT NULL, at timestamptz DEFAULT now() NOT NULL);
INSERT INTO \"Event\" SELECT n, '{}' FROM generate_series(1, 500) AS n;
",
        to: "
CREATE TABLE \"Event\" (id bigint PRIMARY KEY,
    \"the body\" json NOT NULL, -- pgplumb: renamed from \"What\" keep 1 release
    -- pgplumb: renamed from at keep 1 release
    happened timestamptz DEFAULT now() NOT NULL);
",
        before: "
INSERT INTO \"Event\" (id, \"What\") VALUES (1001, '{\"a\": 1}');
INSERT INTO \"Event\" (id, \"What\", at) VALUES (1002, '1', '2020-01-01Z');
UPDATE \"Event\" SET \"What\" = '[]' WHERE id = 3;
",
        after: "
INSERT INTO \"Event\" (id, \"the body\") VALUES (2001, '{\"b\": 1}');
INSERT INTO \"Event\" (id, \"the body\", happened) VALUES (2002, '2', '2021-01-01Z');
UPDATE \"Event\" SET happened = '2022-01-01Z' WHERE id = 4;
",
        in_step: "SELECT count(*) = 504 AND bool_and(\"What\"::text = \"the body\"::text AND at = happened)
    AND string_agg(\"What\"::text || to_char(at, 'YYYY'), ' ' ORDER BY id) FILTER (WHERE id IN (1002, 2002)) = '12020 22021' FROM \"Event\"",
    },
];

#[test]
fn a_column_is_written_by_both_names_and_both_migrations_go_both_ways() {
    let cluster = Cluster::start().unwrap();
    for (number, case) in COLUMNS.iter().enumerate() {
        let place = Halves::new(&cluster, &format!("column{number}"), case.from, case.to);
        let (start, wanted) = (cluster.dump("live").unwrap(), cluster.dump("wanted").unwrap());
        let said = place.plan(&["--out", "out"]);
        assert_eq!(said.code, Some(0), "{}: {}{}", case.name, said.out, said.err);
        place.run("out/up.sql");
        place.write(case.before);
        place.write(case.after);
        place.is_true(case.in_step);
        let between = cluster.dump("live").unwrap();
        let again = place.plan(&["--out", "again"]);
        assert!(!place.folder.join("again").exists(), "{}: {}", case.name, place.read("again/up.sql"));
        assert!(!place.folder.join("again-contract").exists(), "{}: {}", case.name, again.out);
        place.run("out-contract/up.sql");
        place.is_like(&wanted);
        assert!(place.plan(&["--stdout"]).out.is_empty(), "{}", case.name);
        place.run("out-contract/down.sql");
        place.is_like(&between);
        place.is_true(case.in_step);
        place.run("out/down.sql");
        place.is_like(&start);
    }
}

/// A cut after each statement whose work stays; the next plan goes on, and the next contract fits.
#[test]
fn a_cut_column_is_finished() {
    let cluster = Cluster::start().unwrap();
    let mut cuts = 0;
    for (number, case) in COLUMNS.iter().take(2).enumerate() {
        let place = Halves::new(&cluster, &format!("whole{number}"), case.from, case.to);
        place.plan(&["--out", "out"]);
        let up = place.read("out/up.sql");
        for (cut, end) in ends(&up).into_iter().enumerate() {
            let place = Halves::new(&cluster, &format!("cut{number}-{cut}"), case.from, case.to);
            fs::write(place.folder.join("first.sql"), &up[..end]).unwrap();
            place.run("first.sql");
            // Who writes meanwhile knows the old name only.
            place.write(case.before);
            place.plan(&["--out", "again"]);
            place.run("again/up.sql");
            place.write(case.after);
            place.is_true(case.in_step);
            place.run("again-contract/up.sql");
            place.is_like(&cluster.dump("wanted").unwrap());
            cuts += 1;
        }
    }
    assert!(cuts > 10, "{cuts}");
}

/// The places behind the statements whose work stays, but the last.
fn ends(script: &str) -> Vec<usize> {
    let (mut inside, mut at, mut found, mut code) = (false, 0, Vec::new(), String::new());
    for line in script.split_inclusive('\n') {
        at += line.len();
        if line.starts_with("--") {
            continue;
        }
        code.push_str(line);
        let quoted = ["$backfill$", "$function$"].iter().any(|quote| code.matches(quote).count() % 2 == 1);
        if quoted || !line.ends_with(";\n") {
            continue;
        }
        match code.trim() {
            "BEGIN;" => inside = true,
            "COMMIT;" => inside = false,
            _ => {}
        }
        let setting = ["SET ", "RESET "].iter().any(|word| code.trim_start().starts_with(word));
        if !inside && !setting {
            found.push(at);
        }
        code.clear();
    }
    found.pop();
    found
}

#[test]
fn what_a_column_cannot_keep_is_said() {
    let cluster = Cluster::start().unwrap();
    let says = |name: &str, from: &str, to: &str| {
        let to = to.replace("KEPT", "\n-- pgplumb: renamed from a keep 2d\n").replace(", c int", ",\nc int");
        let place = Halves::new(&cluster, name, from, &to);
        let said = place.plan(&["--out", "out"]);
        assert!(!place.folder.join("out-contract").exists(), "{name}");
        assert!(place.read("out/up.sql").contains("RENAME COLUMN a TO b"), "{name}");
        said.out.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let refused = |name: &str, from: &str, to: &str, why: &str| {
        let out = says(name, from, to);
        assert!(out.contains(&format!("does not keep its old name: {why}")), "{name}: {out}");
    };
    let from = "CREATE TABLE t (a int, c int);";
    refused("type", from, "CREATE TABLE t (KEPT b bigint, c int);", "its type changes too");
    refused("default", from, "CREATE TABLE t (KEPT b int DEFAULT 1, c int);", "its default changes too");
    let view = "CREATE VIEW v AS SELECT a FROM t;";
    refused(
        "view",
        &format!("{from}{view}"),
        "CREATE TABLE t (KEPT b int, c int); CREATE VIEW v AS SELECT b AS a FROM t;",
        "view v needs it",
    );
    let random = "CREATE TABLE t (a float DEFAULT random());";
    refused(
        "random",
        random,
        "CREATE TABLE t (KEPT b float DEFAULT random());",
        "its default is another one each time",
    );
    let domain = "CREATE DOMAIN d AS int DEFAULT 3;";
    refused(
        "domain",
        &format!("{domain} CREATE TABLE t (a d);"),
        &format!("{domain} CREATE TABLE t (KEPT b d);"),
        "domain d has a default",
    );
    let identity = "(a int GENERATED ALWAYS AS IDENTITY)";
    refused(
        "identity",
        &format!("CREATE TABLE t {identity};"),
        &format!("CREATE TABLE t {};", identity.replace("a int", "KEPT b int")),
        "identity of column t.a needs it",
    );
    let parts = "CREATE TABLE p PARTITION OF t DEFAULT;";
    refused(
        "parts",
        &format!("CREATE TABLE t (a int, c int) PARTITION BY LIST (c); {parts}"),
        &format!("CREATE TABLE t (KEPT b int, c int) PARTITION BY LIST (c); {parts}"),
        "its table has partitions, children or a parent",
    );
    let other = "CREATE TABLE t (KEPT b int, c int); CREATE TABLE v (x int); -- pgplumb: renamed from u";
    refused("other", &format!("{from} CREATE TABLE u (x int);"), other, "something else is renamed: plan that apart");
}

/// A plan made while names are kept, of a table and of a column, leaves both alone and writes no second contract.
#[test]
fn what_is_kept_stays_in_later_plans() {
    let cluster = Cluster::start().unwrap();
    let from = "CREATE TABLE a (x int); CREATE TABLE t (c text NOT NULL DEFAULT 'x', UNIQUE (c)); INSERT INTO a VALUES (1); INSERT INTO t VALUES ('1');";
    let one = "CREATE TABLE b (x int); -- pgplumb: renamed from a keep 2d\n";
    let old = "CREATE TABLE t (c text NOT NULL DEFAULT 'x', UNIQUE (c));";
    let two = "CREATE TABLE t (\nd text NOT NULL DEFAULT 'x', -- pgplumb: renamed from c keep 2d\nUNIQUE (d));";
    let place = Halves::new(&cluster, "later", from, &format!("{one} {old}"));
    let plan = |schema: &str, out: &str| {
        fs::write(place.folder.join("schema.sql"), schema).unwrap();
        place.plan(&["--out", out])
    };
    plan(&format!("{one} {old}"), "first");
    place.run("first/up.sql");
    plan(&format!("{one} {two}"), "second");
    let up = place.read("second/up.sql");
    assert!(!up.contains("VIEW"), "{up}");
    assert!(!place.read("second-contract/up.sql").contains("VIEW"));
    place.run("second/up.sql");
    plan(&format!("{one} {two} CREATE TABLE further (x int);"), "third");
    let third = place.read("third/up.sql");
    assert!(third.contains("CREATE TABLE public.further") && !third.contains("DROP"), "{third}");
    assert!(!place.folder.join("third-contract").exists());
    place.run("third/up.sql");
    place.is_true("SELECT (SELECT count(*) FROM a) = 1 AND c = d FROM t");
    for contract in ["second-contract", "first-contract"] {
        place.run(&format!("{contract}/up.sql"));
    }
    assert!(place.plan(&["--stdout"]).out.is_empty());
}
