//! The main job on the majors that the other tests do not run on: a schema from nothing, a change of it in online forms with rows in
//! its tables, and the way back. What a major brought is in files of its own, `-- then` between the first state and the second.

mod not_null;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use crate::harness::cluster::Cluster;
use crate::harness::place::Place;
use crate::harness::program::{Ran, pgplumb, ran};

/// The majors that bring something of their own.
const NEW: [u32; 4] = [15, 16, 17, 18];

/// A server of one major version, with a project beside it.
struct Bench {
    cluster: Cluster,
    place: Place,
}

impl Bench {
    /// The program, with the server's own programs for the throw-away cluster.
    #[track_caller]
    fn exits(&self, code: i32, arguments: &[&str]) -> Ran {
        let url = self.cluster.url("shop");
        let mut command = pgplumb(self.place.path(), arguments);
        let ran = ran(command.args(["--db", &url]).env("PGPLUMB_PG_BIN", self.cluster.bin()));
        assert_eq!(ran.code, Some(code), "pgplumb {}\n{}\n{}", arguments.join(" "), ran.out, ran.err);
        ran
    }

    /// Plans towards a file, and runs what was planned.
    #[track_caller]
    fn go_to(&self, schema: &str) {
        // The folder of a migration is named by the second.
        sleep(Duration::from_millis(1100));
        self.exits(0, &["plan", "--schema", schema, "--allow", "all"]);
        self.exits(0, &["apply"]);
        self.is_at(schema);
    }

    #[track_caller]
    fn is_at(&self, schema: &str) {
        let ran = self.exits(0, &["plan", "--schema", schema]);
        assert!(ran.out.contains("nothing to change"), "{schema}: {}", ran.out);
    }
}

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/majors"))
}

fn read(name: &str) -> String {
    fs::read_to_string(folder().join(name)).unwrap()
}

/// Both states of the schema on a major, in this order.
fn states(major: u32) -> [String; 2] {
    let mut states = [read("before.sql"), read("after.sql")];
    for since in NEW.into_iter().filter(|since| *since <= major) {
        let text = read(&format!("since_{since}.sql"));
        let (before, after) = text.split_once("-- then\n").unwrap();
        writeln!(states[0], "{before}").unwrap();
        writeln!(states[1], "{after}").unwrap();
    }
    states
}

/// Goes from nothing to the first state and to the second, and back.
#[track_caller]
fn there_and_back(major: u32) {
    let bench = Bench { cluster: Cluster::start_major(major).unwrap(), place: Place::new() };
    bench.cluster.create(&["shop"]).unwrap();
    let version = bench.cluster.query("shop", "SELECT current_setting('server_version_num')").unwrap();
    assert_eq!(version.parse::<u32>().unwrap() / 10_000, major);
    let [before, after] = states(major);
    bench.place.write("before.sql", &before);
    bench.place.write("after.sql", &after);
    bench.go_to("before.sql");
    let dumped = bench.exits(0, &["dump"]);
    bench.place.write("dumped.sql", &dumped.out);
    bench.is_at("dumped.sql");

    bench.cluster.psql("shop", &folder().join("rows.sql")).unwrap();
    bench.go_to("after.sql");
    online(&bench, major);
    let names = "SELECT coalesce(string_agg(conname, ' ' ORDER BY conname), '') FROM pg_constraint WHERE contypid > 0 AND contype = 'n'";
    let wanted = if major < 17 { "" } else { "here is_there known_stage_not_null" };
    assert_eq!(bench.cluster.query("shop", names).unwrap(), wanted);
    bench.exits(0, &["status"]);
    bench.exits(0, &["verify"]);
    let dumped = bench.exits(0, &["dump"]);
    bench.place.write("dumped.sql", &dumped.out);
    bench.is_at("dumped.sql");

    // Every down leads back on scratch, and this one on the live database.
    let checked = bench.exits(0, &["check", "--schema", "after.sql", "--allow", "all"]);
    assert!(checked.err.contains("2 downs lead back") || checked.out.contains("2 downs lead back"), "{}", checked.out);
    bench.exits(0, &["rollback", "--allow", "all"]);
    bench.is_at("before.sql");
    bench.exits(0, &["verify", "--schema", "--audit"]);
    let measured =
        "SELECT count(*) || ' ' || count(value) FILTER (WHERE name <> 'cache_hit_ratio') FROM pgplumb.health";
    assert_eq!(bench.cluster.query("shop", measured).unwrap(), "12 9", "{major}");
}

/// What the change of the filled tables is made of.
#[track_caller]
fn online(bench: &Bench, major: u32) {
    let migrations = fs::read_dir(bench.place.path().join("generated")).unwrap().map(|entry| entry.unwrap().path());
    let script = fs::read_to_string(migrations.max().unwrap().join("up.sql")).unwrap();
    let script = script.split_whitespace().collect::<Vec<_>>().join(" ");
    let wanted = [
        "CREATE INDEX CONCURRENTLY customer_score ON",
        "CREATE UNIQUE INDEX CONCURRENTLY customer_email_name_key",
        "DETACH PARTITION public.note_2 CONCURRENTLY",
        "event_rest_event_2026_fits_partition",
        "ON DELETE CASCADE NOT VALID",
        "VALIDATE CONSTRAINT invoice_customer",
        "VALIDATE CONSTRAINT invoice_total",
        "ADD COLUMN token uuid",
    ];
    for wanted in wanted {
        assert!(script.contains(wanted), "{major}: no `{wanted}` in {script}");
    }
}

#[test]
fn there_and_back_on_14() {
    there_and_back(14);
}

#[test]
fn there_and_back_on_16() {
    there_and_back(16);
}

#[test]
fn there_and_back_on_17() {
    there_and_back(17);
}

#[test]
fn there_and_back_on_18() {
    there_and_back(18);
}
