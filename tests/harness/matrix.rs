//! A run that is stopped at every place where it could be, and run again: what was tried, with what, and what is left.

use std::env;
use std::io::Write as _;

use crate::harness::cluster::Cluster;
use crate::harness::place::Place;
use crate::harness::program::{Ran, pgplumb, ran};

/// What was tried.
#[derive(Default, Debug)]
pub(crate) struct Count {
    pub(crate) points: usize,
    pub(crate) kills: usize,
    pub(crate) resumed: usize,
    pub(crate) lost: usize,
}

impl Count {
    pub(crate) fn say(&self, what: &str) {
        let Self { points, kills, resumed, lost } = self;
        writeln!(std::io::stderr(), "{what}: {points} points, {kills} kills, {resumed} resumed, {lost} lost").unwrap();
        assert_eq!((self.kills, self.lost), (self.resumed, 0));
    }
}

/// Steps of every sort, each of which leaves a mark of how often it ran.
pub(crate) const UP: &str = "\
SET search_path = public;
BEGIN;
SET LOCAL lock_timeout = '3s';
INSERT INTO ticks VALUES (1);
CREATE TABLE orders (id bigint PRIMARY KEY, note text);
COMMIT;
INSERT INTO ticks VALUES (2);
CREATE INDEX CONCURRENTLY orders_note ON orders (note);
DROP INDEX CONCURRENTLY old_note;
REINDEX TABLE CONCURRENTLY orders;
ALTER TABLE parts DETACH PARTITION part CONCURRENTLY;
VACUUM orders;
-- pgplumb: backfill batch=2
INSERT INTO ticks SELECT 100 + id FROM source;
BEGIN;
INSERT INTO ticks VALUES (3);
INSERT INTO ticks VALUES (4);
COMMIT;
RESET search_path;
";

pub(crate) const DOWN: &str = "\
BEGIN;
INSERT INTO ticks VALUES (-4);
ALTER TABLE parts ATTACH PARTITION part FOR VALUES IN (1);
COMMIT;
DROP INDEX CONCURRENTLY orders_note;
-- pgplumb: backfill batch=2
INSERT INTO ticks SELECT -100 - id FROM source;
CREATE INDEX CONCURRENTLY old_note ON old (note);
BEGIN;
INSERT INTO ticks VALUES (-1);
DROP TABLE orders;
COMMIT;
";

pub(crate) const BEFORE: &str = "
    CREATE TABLE ticks (n int);
    CREATE TABLE source (id int PRIMARY KEY);
    INSERT INTO source SELECT generate_series(1, 5);
    CREATE TABLE old (note text);
    CREATE INDEX old_note ON old (note);
    CREATE TABLE parts (a int) PARTITION BY LIST (a);
    CREATE TABLE part PARTITION OF parts FOR VALUES IN (1);
";

/// A project on a cluster, whose database is made anew for each try.
pub(crate) struct Matrix<'c> {
    pub(crate) cluster: &'c Cluster,
    pub(crate) place: Place,
    /// The database that each try starts with.
    pub(crate) template: String,
    pub(crate) work: String,
    /// Whether its steps leave marks.
    pub(crate) ticks: bool,
}

impl Matrix<'_> {
    pub(crate) fn run(&self, verb: &[&str], fault: usize) -> Ran {
        let url = self.cluster.url(&self.work);
        let arguments = [verb, &["--db", &url]].concat();
        ran(pgplumb(self.place.path(), &arguments).env("PGPLUMB_FAULT", fault.to_string()))
    }

    pub(crate) fn anew(&self) {
        self.cluster.drop(&[&self.work]).unwrap();
        self.cluster.copy(&self.template, &[&self.work]).unwrap();
    }

    /// Runs the verb again after it was stopped, and counts whether it ends where a whole run does.
    pub(crate) fn goes_on(&self, verb: &[&str], stopped: &str, wanted: &str, count: &mut Count) {
        let again = self.run(verb, 0);
        let left = if again.code == Some(0) { self.outcome() } else { again.err };
        if left == wanted {
            count.resumed += 1;
        } else {
            count.lost += 1;
            writeln!(std::io::stderr(), "{verb:?} {stopped}:\n{left}\nwanted:\n{wanted}").unwrap();
        }
    }

    /// What a run left: the schema, the rows of `ticks`, and what the books say.
    pub(crate) fn outcome(&self) -> String {
        let ticks = if self.ticks { "SELECT string_agg(n::text, ' ' ORDER BY n) FROM ticks;" } else { "" };
        let books = "SELECT string_agg(concat_ws(' ', id, outcome), ', ' ORDER BY run) FROM pgplumb.history; \
             SELECT string_agg(concat_ws(' ', id, forward, step, j.outcome, encode(sql_sha256, 'hex')), ', ' ORDER BY id, forward, step) \
             FROM pgplumb.journal AS j JOIN pgplumb.history USING (run); \
             SELECT encode(fingerprint, 'hex') FROM pgplumb.state; \
             SELECT 'invalid: ' || count(*) FROM pg_index WHERE NOT indisvalid";
        self.cluster.query(&self.work, &format!("{ticks} {books}")).unwrap()
    }
}

/// All of a long run, or a part that takes seconds.
pub(crate) fn is_long() -> bool {
    env::var_os("PGPLUMB_CRASH").is_some()
}
