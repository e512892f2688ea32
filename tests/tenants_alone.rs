//! One tenant of many in a database, killed half-way, gone on with, taken back, corrected and audited: nothing that is of the
//! others, or of all, is another for it.

use crate::harness::matrix::{Count, is_long};
use crate::harness::place::Ran;
use crate::harness::program::{Ran as Run, pgplumb, ran};
use crate::tenants::Tenants;

const ID: &str = "20260102000000_more";

const UP: &str = "\
INSERT INTO shop.ticks VALUES (1);
CREATE INDEX CONCURRENTLY ticks_n ON shop.ticks (n);
BEGIN;
INSERT INTO shop.ticks VALUES (2);
ALTER TABLE shop.orders ADD COLUMN total int;
COMMIT;
";

const DOWN: &str = "\
BEGIN;
INSERT INTO shop.ticks VALUES (-2);
ALTER TABLE shop.orders DROP COLUMN total;
COMMIT;
DROP INDEX CONCURRENTLY shop.ticks_n;
INSERT INTO shop.ticks VALUES (-1);
";

/// Three tenants, one of them with a name that its books cannot have; the second is worked on.
struct Three(Tenants);

impl Three {
    fn new() -> Self {
        let tenants = Tenants::new(&["acme", "globex", "Initech Ltd"]);
        let first = "CREATE SCHEMA shop;\nCREATE TABLE shop.orders (id bigint PRIMARY KEY);\nCREATE TABLE shop.ticks (n int);\n";
        tenants.migration("20260101000000_orders", first, Some("DROP SCHEMA shop CASCADE;\n"));
        tenants.many(0, &["apply"]);
        tenants.migration(ID, UP, Some(DOWN));
        Self(tenants)
    }

    /// Keeps the database as it is, to begin with again and again.
    fn keep(&self) {
        self.0.cluster.copy("saas", &["kept"]).unwrap();
    }

    fn anew(&self) {
        self.0.cluster.drop(&["saas"]).unwrap();
        self.0.cluster.copy("kept", &["saas"]).unwrap();
    }

    /// A verb on the second, killed at this place.
    fn run(&self, verb: &[&str], point: usize) -> Run {
        let arguments = [verb, &["--db", &self.0.url, "--tenant-schema", "globex"]].concat();
        ran(pgplumb(self.0.place.path(), &arguments).env("PGPLUMB_FAULT", point.to_string()))
    }

    #[track_caller]
    fn globex(&self, code: i32, arguments: &[&str]) -> Ran {
        self.0.one(code, "globex", arguments)
    }

    /// All of the database, rows and books too, that is not of the second.
    fn others(&self) -> String {
        let mut dump = self.0.cluster.client("pg_dump");
        let dump = dump.args(["-d", "saas", "-N", "globex", "-N", "pgplumb_of_globex", "-N", "pgplumb_kept_of_globex"]);
        let output = dump.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("CREATE TABLE acme.orders") && text.contains("pgplumb_of_acme.audit"), "{text}");
        // Each dump has a word of its own there.
        text.lines().filter(|line| !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict")).collect()
    }

    /// What a run left of the second: its rows, its objects, and what its books say.
    fn outcome(&self) -> String {
        let books = "SELECT string_agg(concat_ws(' ', id, outcome), ', ' ORDER BY run) FROM pgplumb_of_globex.history WHERE id < '20261'; \
             SELECT string_agg(concat_ws(' ', id, forward, step, j.outcome, encode(sql_sha256, 'hex')), ', ' ORDER BY id, forward, step) \
             FROM pgplumb_of_globex.journal AS j JOIN pgplumb_of_globex.history USING (run) WHERE id < '20261'; \
             SELECT encode(fingerprint, 'hex') FROM pgplumb_of_globex.state; SELECT count(*) FROM pgplumb_of_globex.repair";
        let own = "SELECT string_agg(n::text, ' ' ORDER BY n) FROM globex.ticks; SELECT count(*) FROM globex.orders; \
             SELECT string_agg(attname, ' ') FROM pg_attribute WHERE attrelid = 'globex.orders'::regclass AND attnum > 0 AND NOT attisdropped; \
             SELECT count(*) FROM pg_index WHERE indrelid = 'globex.ticks'::regclass AND indisvalid";
        self.0.query(&format!("{own}; {books}"))
    }

    /// Kills the verb everywhere; `resume` finishes what was begun, and the verb what was not.
    fn survives(&self, verb: &[&str]) {
        self.keep();
        let others = self.others();
        let whole = self.run(verb, 0);
        assert_eq!(whole.code, Some(0), "{}{}", whole.out, whole.err);
        let (wanted, mut count, mut half) = (self.outcome(), Count::default(), 0);
        for point in (1..).step_by(if is_long() { 1 } else { 3 }) {
            self.anew();
            if let Some(code) = self.run(verb, point).code {
                assert_eq!((code, self.outcome()), (0, wanted.clone()));
                break;
            }
            (count.points, count.kills) = (count.points + 1, count.kills + 1);
            assert_eq!(self.others(), others, "{verb:?} at {point}");
            let begun = self.0.place.run(&["resume", "--explain", "--db", &self.0.url, "--tenant-schema", "globex"]);
            if begun.code == 1 {
                half += 1;
                assert!(
                    begun.out.contains(&format!("{ID} is half ")) && !begun.out.contains("globex."),
                    "{}",
                    begun.out
                );
                let acme = self.0.one(0, "acme", &["resume"]);
                assert_eq!(acme.out, "nothing was cut off\n");
                self.globex(0, &["resume"]);
            } else {
                assert_eq!((begun.code, begun.out.as_str()), (0, "nothing was cut off\n"), "{}", begun.err);
                // Killed behind its last step, what it left may still be to be measured.
                if self.outcome() != wanted {
                    self.globex(0, verb);
                }
            }
            assert_eq!(self.outcome(), wanted, "{verb:?} at {point}");
            assert_eq!(self.others(), others, "{verb:?} at {point}");
            self.globex(0, &["verify", "--audit", "--schema"]);
            count.resumed += 1;
        }
        assert!(half > 1, "{half} half of {count:?}");
        count.say(&verb.join(" "));
    }
}

#[test]
fn one_that_was_killed_is_gone_on_with_and_no_other() {
    Three::new().survives(&["apply"]);
}

#[test]
fn one_that_was_killed_on_its_way_back_is_gone_on_with_and_no_other() {
    let three = Three::new();
    three.0.many(0, &["apply"]);
    three.survives(&["rollback", "--to", "20260101000000_orders", "--allow", "all"]);
    assert_eq!(three.0.states(1, &["status"]), "t1 applied, t2 pending, t3 applied");
}

#[test]
fn the_books_of_one_are_corrected_and_no_other() {
    let three = Three::new();
    let because = ["--because", "seen by hand"];
    let repair = |code: i32, what: &[&str]| three.globex(code, &[&["repair", "more"], what, &because[..]].concat());
    let others = three.others();
    // Nobody can tell whether a procedure that commits did its work.
    let procedure = "CREATE PROCEDURE shop.p() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO shop.ticks VALUES (1); COMMIT; \
                     PERFORM 1 / (SELECT count(*) - 1 FROM shop.ticks); END $$";
    three.0.migration(ID, &format!("{procedure};\nCALL shop.p();\nCREATE TABLE shop.more ();\n"), None);
    three.globex(2, &["apply"]);
    let ran = three.globex(2, &["resume"]);
    assert!(ran.err.contains("migrate::unknown_outcome") && ran.err.contains("CALL shop.p()"), "{}", ran.err);
    repair(1, &["--step-done", "1"]);
    repair(0, &["--step-done", "2"]);
    three.globex(0, &["resume"]);
    assert_eq!(three.0.query("SELECT count(*) FROM globex.ticks"), "1");
    // Its file is another now, for it and for those that have not run it.
    three.0.migration(ID, &format!("-- a comment\n{procedure};\nCALL shop.p();\nCREATE TABLE shop.more ();\n"), None);
    assert!(three.globex(1, &["apply"]).err.contains("migrate::edited"));
    repair(0, &["--accept"]);
    assert_eq!(three.globex(0, &["apply"]).out, "nothing to apply\n");
    three.0.query("DROP TABLE globex.more; DROP PROCEDURE globex.p");
    repair(0, &["--rolled-back"]);
    repair(0, &["--forget"]);
    assert_eq!(three.others(), others);
    let kept = "SELECT string_agg(what, ', ' ORDER BY number) FROM pgplumb_of_globex.repair";
    let kept = three.0.query(kept);
    assert!(kept.ends_with("accepted the file as it is, marked as rolled back, forgotten"), "{kept}");
    three.globex(0, &["verify", "--audit"]);
    // What the catalog of another says does not count: there the schema is another.
    let ran = three.0.one(1, "acme", &[&["repair", "more", "--rolled-back"], &because[..]].concat());
    assert!(ran.err.contains("migrate::contradicted") && ran.err.contains("it was never begun"), "{}", ran.err);
    assert_eq!(three.others(), others);
}

#[test]
fn the_audit_of_one_is_its_own() {
    let three = Three::new();
    three.0.many(0, &["apply"]);
    let hash = |schema: &str| {
        let told = three.0.one(0, schema, &["verify", "--audit"]).out;
        let (_, hash) = told.split_once("the last has the hash ").expect(&told);
        hash.split_whitespace().next().unwrap().to_owned()
    };
    let (acme, globex, initech) = (hash("acme"), hash("globex"), hash("Initech Ltd"));
    assert!(acme != globex && globex != initech);
    three.globex(0, &["verify", "--audit", "--head", &globex]);
    let ran = three.globex(1, &["verify", "--audit", "--head", &acme]);
    assert!(ran.out.contains("no row has the hash"), "{}", ran.out);
    // Somebody is at the books of one, behind the back of its triggers.
    three.0.query("SET session_replication_role = replica; UPDATE pgplumb_of_globex.history SET applied_by = 'mallory' WHERE id LIKE '%_more'");
    let ran = three.globex(1, &["verify", "--audit"]);
    assert!(ran.out.contains("20260102000000_more: the audit says something else of `applied_by`"), "{}", ran.out);
    three.0.one(0, "acme", &["verify", "--audit", "--head", &acme]);
    three.0.one(0, "Initech Ltd", &["verify", "--audit", "--head", &initech]);
    three.0.query("SET session_replication_role = replica; DELETE FROM pgplumb_of_acme.audit WHERE number = 3");
    let ran = three.0.one(1, "acme", &["verify", "--audit"]);
    assert!(ran.out.contains("pgplumb_of_acme.audit") && !ran.out.contains("pgplumb.audit:"), "{}", ran.out);
    assert!(ran.out.contains("row 3 is gone, before row 4"), "{}", ran.out);
    three.0.one(0, "Initech Ltd", &["verify", "--audit", "--schema", "--head", &initech]);
}
