//! Operations that are killed at every place where they could be, and begun again: nothing is lost, half there, listed before
//! it is whole, or done twice.

use std::fs;

use serde_json::Value;

use crate::harness::cluster::Cluster;
use crate::harness::dump::first_difference;
use crate::harness::matrix::{Count, Matrix};
use crate::harness::place::Place;
use crate::harness::program::{Ran, pgplumb, ran};
use crate::runner::document;

const SCHEMA: &str = "
    CREATE TABLE customer (id int PRIMARY KEY, name text, at timestamptz);
    CREATE TABLE orders (id bigserial PRIMARY KEY, customer int NOT NULL REFERENCES customer, at timestamptz);
    INSERT INTO customer SELECT n, 'customer ' || n, '2026-01-01' FROM generate_series(1, 20) AS n;
    INSERT INTO orders (customer, at) SELECT n % 20 + 1, '2026-01-01' FROM generate_series(1, 60) AS n;
    UPDATE customer SET at = '2026-06-01', name = 'changed' WHERE id < 5;";

/// A server with a database, and a project beside it.
struct Scene {
    cluster: Cluster,
    place: Place,
}

impl Scene {
    fn new() -> Self {
        let cluster = Cluster::start().unwrap();
        cluster.create(&["shop"]).unwrap();
        cluster.query("shop", SCHEMA).unwrap();
        let place = Place::new();
        place.write("pgplumb.yaml", "backup: {since: {customer: at, orders: at}}\n");
        Self { cluster, place }
    }

    fn run(&self, arguments: &[&str], database: &str, point: usize) -> Ran {
        let url = self.cluster.url(database);
        let arguments = [arguments, &["--db", &url]].concat();
        ran(pgplumb(self.place.path(), &arguments).env("PGPLUMB_FAULT", point.to_string()))
    }

    /// Kills the verb at each place, and begins it again: `anew` puts back what it started from, `check` looks at what came
    /// of both, or of a run that nobody killed.
    fn kill_everywhere(&self, verb: &[&str], database: &str, anew: &dyn Fn(), check: &dyn Fn(&str, &Ran)) {
        let mut count = Count::default();
        for point in 1.. {
            anew();
            let first = self.run(verb, database, point);
            if let Some(code) = first.code {
                assert_eq!(code, 0, "{verb:?}: {}{}", first.out, first.err);
                check("not killed", &first);
                break;
            }
            (count.points, count.kills) = (count.points + 1, count.kills + 1);
            let again = self.run(verb, database, 0);
            // Killed behind the last step there is nothing left to do, which it says.
            let done = again.err.contains("what is there is exactly what the backup holds");
            assert!(again.code == Some(0) || done, "{verb:?} at {point}: {:?} {}{}", again.code, again.out, again.err);
            check(&format!("{verb:?} at {point}"), &again);
            count.resumed += 1;
        }
        assert!(count.points > 0, "{verb:?}");
        count.say(&verb.join(" "));
    }

    fn dump(&self, database: &str) -> String {
        self.cluster.dump(database).unwrap()
    }

    /// Databases that a restore makes are gone, or have their name.
    fn no_scratch(&self, what: &str) {
        let left = "SELECT string_agg(datname, ' ') FROM pg_database WHERE datname LIKE 'pgplumb%'";
        assert_eq!(self.cluster.query("postgres", left).unwrap(), "", "{what}");
    }

    fn backups(&self) -> Vec<Value> {
        let text = self.place.exits(0, &["backup", "list", "--format", "json"]).out;
        document(include_str!("../docs/schema/backups.v1.json"), &text)["backups"].as_array().unwrap().clone()
    }
}

#[test]
fn a_backup_is_listed_when_it_is_whole_and_never_before() {
    let scene = Scene::new();
    for (verb, tables) in [
        (&["backup", "full"][..], 2),
        (&["backup", "schema"], 0),
        (&["backup", "data"], 2),
        (&["backup", "--since", "2026-03-01"], 2),
    ] {
        let shelf = scene.place.path().join("backups");
        let check = |what: &str, _: &Ran| {
            let all = scene.backups();
            assert!((1..=2).contains(&all.len()), "{what}: {all:?}");
            for one in all {
                assert_eq!(
                    (&one["damage"], one["manifest"]["rows"].as_object().unwrap().len()),
                    (&Value::Null, tables)
                );
            }
            let server = scene.cluster.url("postgres");
            scene.place.exits(0, &["backup", "verify", &named(&scene), "--scratch", &server]);
        };
        scene.kill_everywhere(verb, "shop", &|| drop(fs::remove_dir_all(&shelf)), &check);
    }
}

/// The name of the newest backup.
fn named(scene: &Scene) -> String {
    scene.backups().last().unwrap()["manifest"]["name"].as_str().unwrap().to_owned()
}

#[test]
fn a_restore_is_all_there_or_can_be_made_again() {
    let scene = Scene::new();
    scene.cluster.copy("shop", &["old"]).unwrap();
    scene.cluster.query("old", "DELETE FROM orders; CREATE TABLE newer (n int)").unwrap();
    assert_eq!(scene.run(&["backup", "full"], "shop", 0).code, Some(0));
    let wanted = scene.dump("shop");
    let same = |database: &str, what: &str| {
        assert_eq!(first_difference(&scene.dump(database), &wanted), None, "{what}");
        scene.no_scratch(what);
    };

    let anew = || {
        scene.cluster.drop(&["work"]).unwrap();
        scene.cluster.create(&["work"]).unwrap();
    };
    scene.kill_everywhere(&["restore"], "work", &anew, &|what, _| same("work", what));

    let anew = || scene.cluster.drop(&["work"]).unwrap();
    scene.kill_everywhere(&["restore", "--into-empty", "work"], "shop", &anew, &|what, _| same("work", what));

    // The one that is replaced is always there, under its name or under its other one.
    let anew = || {
        let kept = "SELECT datname FROM pg_database WHERE datname LIKE 'work%'";
        let kept = scene.cluster.query("postgres", kept).unwrap();
        scene.cluster.drop(&kept.lines().collect::<Vec<_>>()).unwrap();
        scene.cluster.copy("old", &["work"]).unwrap();
    };
    scene.kill_everywhere(&["restore", "--swap", "--yes"], "work", &anew, &|what, _| {
        same("work", what);
        let kept = "SELECT datname FROM pg_database WHERE datname LIKE 'work_old%' ORDER BY datname LIMIT 1";
        let kept = scene.cluster.query("postgres", kept).unwrap();
        assert_eq!(scene.cluster.query(&kept, "SELECT to_regclass('newer')").unwrap(), "newer", "{what}");
    });
}

#[test]
fn rows_that_are_restored_are_there_once_and_the_audit_is_on_again() {
    let scene = Scene::new();
    scene.place.write("generated/20260101000000_more/up.sql", "CREATE TABLE more (n int);\n");
    assert_eq!(scene.run(&["apply"], "shop", 0).code, Some(0));
    assert_eq!(scene.run(&["backup", "data"], "shop", 0).code, Some(0));
    scene.cluster.query("postgres", "CREATE ROLE keeper LOGIN").unwrap();
    // Who is no superuser switches off what would write the audit anew.
    let own = "DO $$ DECLARE t regclass; BEGIN FOR t IN SELECT oid FROM pg_class WHERE relkind IN ('r', 'S', 'v') AND relnamespace IN \
               ('public'::regnamespace, 'pgplumb'::regnamespace) AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid \
               AND deptype IN ('a', 'i') AND classid = 'pg_class'::regclass AND refobjsubid > 0) \
               LOOP EXECUTE format('ALTER TABLE %s OWNER TO keeper', t); END LOOP; END $$; \
               ALTER SCHEMA pgplumb OWNER TO keeper";
    let tables = "SELECT 'TRUNCATE ' || string_agg(oid::regclass::text, ', ') FROM pg_class WHERE relkind = 'r' AND relnamespace IN \
                  ('public'::regnamespace, 'pgplumb'::regnamespace)";
    scene.cluster.copy("shop", &["emptied"]).unwrap();
    scene.cluster.query("emptied", own).unwrap();
    let truncate = scene.cluster.query("emptied", tables).unwrap();
    scene.cluster.query("emptied", &format!("SET session_replication_role = replica; {truncate}")).unwrap();
    let anew = || {
        scene.cluster.drop(&["work"]).unwrap();
        scene.cluster.copy("emptied", &["work"]).unwrap();
    };
    let verb = ["restore", "--db", &scene.cluster.url("work").replace("postgres@", "keeper@")].map(str::to_owned);
    for point in 1.. {
        anew();
        let restore = |point: usize| {
            let arguments: Vec<&str> = verb.iter().map(String::as_str).collect();
            ran(pgplumb(scene.place.path(), &arguments).env("PGPLUMB_FAULT", point.to_string()))
        };
        let first = restore(point);
        if first.code.is_none() {
            let again = restore(0);
            let done = again.err.contains("what is there is exactly what the backup holds");
            assert!(again.code == Some(0) || done, "{point}: {}{}", again.out, again.err);
        } else {
            assert_eq!(first.code, Some(0), "{}{}", first.out, first.err);
        }
        let counts = "SELECT concat((SELECT count(*) FROM customer), ' ', (SELECT count(*) FROM orders), ' ', \
                      (SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'D'))";
        assert_eq!(scene.cluster.query("work", counts).unwrap(), "20 60 0", "{point}");
        if first.code.is_some() {
            assert!(point > 3, "{point}");
            break;
        }
    }
}

#[test]
fn rows_are_merged_all_or_none() {
    let scene = Scene::new();
    assert_eq!(scene.run(&["backup", "--since", "2026-03-01", "--name", "changes"], "shop", 0).code, Some(0));
    let changes = named(&scene);
    scene.cluster.copy("shop", &["before"]).unwrap();
    scene.cluster.query("before", "UPDATE customer SET name = 'old', at = '2026-01-01'").unwrap();
    let names = "SELECT count(*) || ' ' || count(*) FILTER (WHERE name = 'changed') FROM customer";
    let anew = || {
        scene.cluster.drop(&["work"]).unwrap();
        scene.cluster.copy("before", &["work"]).unwrap();
    };
    scene.kill_everywhere(&["restore", &changes, "--merge"], "work", &anew, &|what, _| {
        assert_eq!(scene.cluster.query("work", names).unwrap(), "20 4", "{what}");
    });
}

const TABLE: &str = "CREATE TABLE a (n int);\n";

/// Books that are changed by hand, or taken over.
fn books<'c>(cluster: &'c Cluster, before: &str, up: &str) -> Matrix<'c> {
    cluster.drop(&["base", "work", "ready"]).unwrap();
    cluster.create(&["base"]).unwrap();
    cluster.query("base", before).unwrap();
    let (template, work) = ("base".to_owned(), "work".to_owned());
    let mut matrix = Matrix { cluster, place: Place::new(), template, work, ticks: false };
    matrix.anew();
    // That the books are made whole is tried elsewhere.
    assert_eq!(matrix.run(&["apply"], 0).code, Some(0));
    cluster.copy("work", &["ready"]).unwrap();
    matrix.template = "ready".to_owned();
    matrix.place.write("generated/20260101000000_a/up.sql", up);
    matrix.place.write("generated/20260101000000_a/down.sql", "DROP TABLE a;\n");
    matrix
}

/// Kills it at each place; the second run ends as one does that nobody killed, or says that it is done already.
fn survives(matrix: &Matrix, verb: &[&str], done: &str) {
    matrix.anew();
    let whole = matrix.run(verb, 0);
    assert_eq!(whole.code, Some(0), "{verb:?}: {}{}", whole.out, whole.err);
    // Making the books may have been gone on with, which is in the audit too: the last entries are the verb's own.
    let corrections = "SELECT count(*) FROM pgplumb.repair; SELECT string_agg(what, ' ') FROM (SELECT what FROM \
                       pgplumb.audit ORDER BY number DESC LIMIT 2) AS last";
    let outcome = || (matrix.outcome(), matrix.cluster.query("work", corrections).unwrap());
    let (wanted, mut count) = (outcome(), Count::default());
    for point in 1.. {
        matrix.anew();
        if matrix.run(verb, point).code.is_some() {
            break;
        }
        (count.points, count.kills) = (count.points + 1, count.kills + 1);
        let again = matrix.run(verb, 0);
        let well = again.code == Some(0) || !done.is_empty() && again.err.contains(done);
        assert!(well, "{verb:?} at {point}: {}{}", again.out, again.err);
        assert_eq!(outcome(), wanted, "{verb:?} at {point}");
        count.resumed += 1;
    }
    count.say(&verb.join(" "));
}

#[test]
fn a_database_is_taken_over_once() {
    let cluster = Cluster::start().unwrap();
    survives(&books(&cluster, TABLE, TABLE), &["baseline"], "");
    let rails = "CREATE TABLE a (n int); CREATE TABLE schema_migrations (version varchar PRIMARY KEY); \
                 INSERT INTO schema_migrations VALUES ('20200101000000'), ('20200102000000')";
    survives(&books(&cluster, rails, TABLE), &["baseline", "--from", "rails"], "");
}

#[test]
fn books_are_corrected_once() {
    let cluster = Cluster::start().unwrap();
    let mut matrix = books(&cluster, "SELECT 1", TABLE);
    matrix.anew();
    assert_eq!(matrix.run(&["apply"], 0).code, Some(0));
    cluster.copy("work", &["applied"]).unwrap();
    matrix.template = "applied".to_owned();
    matrix.place.write("generated/20260101000000_a/up.sql", &format!("-- a comment\n{TABLE}"));
    let because = ["--because", "only a comment"];
    survives(&matrix, &[&["repair", "a", "--accept"][..], &because].concat(), "its file is what was applied");
    cluster.query("applied", "DROP TABLE a").unwrap();
    survives(&matrix, &[&["repair", "a", "--rolled-back"][..], &because].concat(), "it is not applied");
    survives(&matrix, &[&["repair", "a", "--forget"][..], &because].concat(), "it was never begun");
}

/// A migration without its down, or without what was proven of it, would be run all the same.
#[test]
fn a_migration_that_is_being_written_is_whole_or_not_there() {
    let scene = Scene::new();
    scene.place.write("schema/all.sql", "CREATE TABLE public.one (n int);\n");
    for verb in [&["new", "by-hand"][..], &["plan", "--schema", "schema"]] {
        let migrations = || {
            let folder = fs::read_dir(scene.place.path().join("generated")).into_iter().flatten().flatten();
            let names = folder.map(|entry| entry.file_name().to_string_lossy().into_owned());
            names.filter(|name| !name.starts_with('.')).count()
        };
        let killed = |point: usize| {
            ran(pgplumb(scene.place.path(), verb).env("PGPLUMB_FAULT", point.to_string())).code.is_none()
        };
        assert!(killed(1), "{verb:?} has no such place");
        assert_eq!(migrations(), 0, "{verb:?}");
        assert!(!killed(0));
        assert_eq!(migrations(), 1, "{verb:?}");
        fs::remove_dir_all(scene.place.path().join("generated")).unwrap();
    }
}
