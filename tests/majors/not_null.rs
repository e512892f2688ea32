//! NOT NULL as a constraint, which it is from 18 on: its way onto a filled table, its name, and what it may leave out.

use std::fs;

use super::Bench;
use crate::harness::cluster::Cluster;
use crate::harness::place::Place;

/// All NOT NULL constraints of a database, as Postgres tells of them.
const CONSTRAINTS: &str =
    "SELECT string_agg(concat_ws(' ', conrelid::regclass, pg_get_constraintdef(oid), connoinherit::text,
                                  CASE WHEN coninhcount = 0 THEN conname END), E'\\n'
                              ORDER BY conrelid::regclass::text, conkey)
                             FROM pg_constraint WHERE contype = 'n' AND connamespace = 'public'::regnamespace";

impl Bench {
    fn on_18() -> Self {
        Self { cluster: Cluster::start_major(18).unwrap(), place: Place::new() }
    }

    /// A live database made by one script, and the desired state as a file and as a database.
    #[track_caller]
    fn between(&self, from: &str, to: &str) {
        self.place.write("to.sql", to);
        self.cluster.drop(&["shop", "wanted"]).unwrap();
        self.cluster.create(&["shop", "wanted"]).unwrap();
        self.cluster.query("shop", from).unwrap();
        // A directive is for the file alone.
        self.cluster.psql("wanted", &self.place.path().join("to.sql")).unwrap();
    }

    /// Plans and runs what leads from the one to the other; its SQL without comments.
    #[track_caller]
    fn changed(&self) -> String {
        let _ = fs::remove_dir_all(self.place.path().join("out"));
        self.exits(0, &["plan", "--schema", "to.sql", "--allow", "all", "--out", "out"]);
        let file = self.place.path().join("out/up.sql");
        self.cluster.psql("shop", &file).unwrap();
        self.is_at("to.sql");
        let lists = ["shop", "wanted"].map(|database| self.cluster.query(database, CONSTRAINTS).unwrap());
        assert_eq!(lists[0], lists[1]);
        let script = fs::read_to_string(file).unwrap();
        let lines = script.lines().filter(|line| !line.starts_with("--"));
        lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
    }

    /// The same, and the way back.
    #[track_caller]
    fn changes(&self, from: &str, to: &str, wanted: &[&str]) {
        self.between(from, to);
        let before = self.cluster.query("shop", CONSTRAINTS).unwrap();
        let script = self.changed();
        for wanted in wanted {
            assert!(script.contains(wanted), "no `{wanted}` in {script}");
        }
        self.cluster.psql("shop", &self.place.path().join("out/down.sql")).unwrap();
        assert_eq!(self.cluster.query("shop", CONSTRAINTS).unwrap(), before, "{script}");
    }
}

const FILLED: &str = "CREATE TABLE t (id integer PRIMARY KEY, a text); INSERT INTO t VALUES (1, 'x');";

#[test]
fn it_comes_not_valid_and_is_validated_later() {
    let bench = Bench::on_18();
    let to = "CREATE TABLE t (id integer PRIMARY KEY, a text NOT NULL);";
    bench.between(FILLED, to);
    let script = bench.changed();
    let first = script.find("ADD CONSTRAINT t_a_not_null NOT NULL a NOT VALID; COMMIT;").unwrap();
    let second = script.find("ALTER TABLE public.t VALIDATE CONSTRAINT t_a_not_null; COMMIT;").unwrap();
    assert!(first < second && !script.contains("CHECK") && !script.contains("SET NOT NULL"), "{script}");
    bench.exits(0, &["plan", "--schema", "to.sql", "--online", "off"]);

    bench.between(&format!("{FILLED} ALTER TABLE t ADD CONSTRAINT t_a_not_null NOT NULL a NOT VALID"), to);
    let rest = bench.changed();
    assert!(rest.contains("VALIDATE CONSTRAINT t_a_not_null") && !rest.contains("ADD CONSTRAINT"), "{rest}");

    let open = "CREATE TABLE t (id integer PRIMARY KEY, a text); ALTER TABLE t ADD CONSTRAINT t_a_not_null NOT NULL a NOT VALID;";
    bench.between(open, open);
    bench.is_at("to.sql");
    bench.changes(FILLED, open, &["ADD CONSTRAINT t_a_not_null NOT NULL a NOT VALID"]);
    bench.changes(to, open, &["DROP NOT NULL", "NOT NULL a NOT VALID"]);
}

#[test]
fn a_null_stops_the_validation_and_is_asked_for() {
    let bench = Bench::on_18();
    bench.between(
        &format!("{FILLED} INSERT INTO t VALUES (2, NULL)"),
        "CREATE TABLE t (id integer PRIMARY KEY, a text NOT NULL);",
    );
    let ran = bench.exits(1, &["plan", "--schema", "to.sql", "--check-data", "--stdout"]);
    assert!(ran.err.contains("t.a must not be null, and is null in 1 row"), "{}", ran.err);
}

#[test]
fn a_key_and_a_column_that_is_filled_take_the_same_way() {
    let bench = Bench::on_18();
    let key = "CREATE TABLE t (id integer, a text PRIMARY KEY);";
    let wanted = ["ADD CONSTRAINT t_a_not_null NOT NULL a NOT VALID", "VALIDATE CONSTRAINT", "PRIMARY KEY USING INDEX"];
    bench.changes("CREATE TABLE t (id integer, a text); INSERT INTO t VALUES (1, 'x')", key, &wanted);
    let token = "CREATE TABLE t (id integer PRIMARY KEY, a text, token uuid DEFAULT gen_random_uuid() CONSTRAINT has_token NOT NULL);";
    bench.changes(
        FILLED,
        token,
        &["ADD CONSTRAINT has_token NOT NULL token NOT VALID", "VALIDATE CONSTRAINT has_token"],
    );
    let number = "CREATE TABLE t (id integer PRIMARY KEY, a text, n bigint GENERATED ALWAYS AS IDENTITY);";
    bench.changes(
        FILLED,
        number,
        &["ADD CONSTRAINT t_n_not_null NOT NULL n NOT VALID", "VALIDATE CONSTRAINT t_n_not_null"],
    );
}

#[test]
fn a_run_that_was_cut_is_finished() {
    let bench = Bench::on_18();
    let wanted = [
        "CREATE TABLE t (id integer PRIMARY KEY, a text, n bigint GENERATED ALWAYS AS IDENTITY);",
        "CREATE TABLE t (id integer PRIMARY KEY, a text, token uuid DEFAULT gen_random_uuid() NOT NULL);",
        "CREATE TABLE t (id integer, a text, CONSTRAINT t_pkey PRIMARY KEY (id, a));",
    ];
    for to in wanted {
        bench.between(FILLED, to);
        bench.changed();
        let script = bench.place.read("out/up.sql");
        let ends: Vec<usize> = script.match_indices("\nCOMMIT;\n").map(|(at, end)| at + end.len()).collect();
        assert!(ends.len() > 2, "{script}");
        for end in &ends[..ends.len() - 1] {
            bench.between(FILLED, to);
            bench.place.write("cut.sql", &script[..*end]);
            bench.cluster.psql("shop", &bench.place.path().join("cut.sql")).unwrap();
            bench.changed();
        }
    }
}

#[test]
fn a_name_is_kept_and_changed() {
    let bench = Bench::on_18();
    let (named, plain) = ("CREATE TABLE t (a text CONSTRAINT must NOT NULL);", "CREATE TABLE t (a text NOT NULL);");
    bench.changes(named, plain, &["RENAME CONSTRAINT must TO t_a_not_null"]);
    bench.changes(plain, named, &["RENAME CONSTRAINT t_a_not_null TO must"]);
    bench.changes("CREATE TABLE t (a text);", named, &["ADD CONSTRAINT must NOT NULL a NOT VALID"]);
    bench.changes("CREATE TABLE t ();", named, &["ADD COLUMN a text CONSTRAINT must NOT NULL"]);
    bench.changes("CREATE TABLE u ();", named, &["a text CONSTRAINT must NOT NULL"]);
    let (under, wanted) =
        ("CREATE TABLE c () INHERITS (t);", "ALTER TABLE public.t RENAME CONSTRAINT t_a_not_null TO must");
    bench.changes(&format!("{plain} {under}"), &format!("{named} {under}"), &[wanted]);
    let renamed = "-- pgplumb: renamed from t\nCREATE TABLE u (a text NOT NULL);";
    bench.changes(plain, renamed, &["RENAME CONSTRAINT t_a_not_null TO u_a_not_null", "RENAME TO u"]);
    // Where a table under it calls its own otherwise, Postgres can rename neither: that is no difference.
    let own = "CREATE TABLE c (a text CONSTRAINT own NOT NULL) INHERITS (t);";
    bench.between(&format!("{plain} {own}"), &format!("{named} {own}"));
    bench.is_at("to.sql");
}

#[test]
fn what_does_not_reach_below_stays_so() {
    let bench = Bench::on_18();
    let alone = "CREATE TABLE t (a text CONSTRAINT here NOT NULL NO INHERIT); CREATE TABLE c () INHERITS (t);";
    let all = "CREATE TABLE t (a text CONSTRAINT here NOT NULL); CREATE TABLE c () INHERITS (t);";
    let none = "CREATE TABLE t (a text); CREATE TABLE c () INHERITS (t);";
    bench.changes(alone, all, &["ALTER CONSTRAINT here INHERIT"]);
    bench.changes(none, alone, &["NO INHERIT"]);
    bench.changes("CREATE TABLE x ();", alone, &["CONSTRAINT here NOT NULL NO INHERIT"]);
    let local = "CREATE TABLE t (a text); CREATE TABLE c (a text CONSTRAINT here NOT NULL) INHERITS (t);";
    bench.changes(all, none, &["DROP NOT NULL"]);
    bench.changes(all, local, &[]);
}

#[test]
fn partitions_have_the_names_that_they_are_to_have() {
    let bench = Bench::on_18();
    let parent = |column: &str| format!("CREATE TABLE p (id integer {column}, n integer) PARTITION BY LIST (n);");
    let (part, own) =
        ("CREATE TABLE p_1 PARTITION OF p FOR VALUES IN (1);", "CREATE TABLE p_2 (id integer NOT NULL, n integer);");
    let attach = "ALTER TABLE p ATTACH PARTITION p_2 FOR VALUES IN (2);";
    let from = format!("{} {part} CREATE TABLE p_2 PARTITION OF p FOR VALUES IN (2);", parent(""));
    bench.changes("CREATE TABLE x ();", &format!("{} {part} {own} {attach}", parent("NOT NULL")), &[]);
    bench.changes(&from, &format!("{} {part} {own}", parent("NOT NULL")), &["DETACH PARTITION", "VALIDATE CONSTRAINT"]);
    bench.changes(
        &from,
        &format!("{} {part} {own} {attach}", parent("CONSTRAINT must NOT NULL")),
        &["VALIDATE CONSTRAINT must"],
    );
    // The name is one of the schema when Postgres chooses it, and a partition has it already.
    let early = "CREATE TABLE a PARTITION OF p FOR VALUES IN (1);";
    bench.changes(
        "CREATE TABLE x ();",
        &format!("{} {early}", parent("NOT NULL")),
        &["id integer CONSTRAINT p_id_not_null NOT NULL"],
    );
    let moved = "CREATE TABLE p (id integer NOT NULL, n integer) PARTITION BY LIST (id); CREATE TABLE p_1 PARTITION OF p FOR VALUES IN (1);";
    bench.changes(&format!("{} {part}", parent("NOT NULL")), moved, &["CONSTRAINT p_id_not_null NOT NULL"]);
    bench.changes(
        &format!("{} {part}", parent("")),
        &format!("{} {part} CREATE TABLE p_3 PARTITION OF p FOR VALUES IN (3);", parent("NOT NULL")),
        &["ATTACH PARTITION", "VALIDATE CONSTRAINT p_id_not_null"],
    );
}

/// What a table has only by its parent is not its own afterwards: it goes with the parent's again.
#[test]
fn what_was_inherited_is_inherited_again() {
    let bench = Bench::on_18();
    for (table, below) in [
        (
            "p (a int NOT NULL, b int) PARTITION BY LIST (a)",
            "TABLE c PARTITION OF p DEFAULT PARTITION BY LIST (a); CREATE TABLE d PARTITION OF c DEFAULT",
        ),
        ("p (a int NOT NULL, b int)", "TABLE c (x int) INHERITS (p); CREATE TABLE d () INHERITS (c)"),
    ] {
        let plain = format!("CREATE TABLE {table}; CREATE {below};");
        let from = plain.replace("b int", "b int NOT NULL");
        let rows = "INSERT INTO p SELECT 1, n FROM generate_series(1, 9) AS n;";
        for own in ["c", "d"] {
            let to = format!("{plain} ALTER TABLE {own} ALTER COLUMN b SET NOT NULL;");
            bench.changes(&format!("{from}{rows}"), &to, &["DROP NOT NULL"]);
            let own =
                "SELECT string_agg(conrelid::regclass || ' ' || conislocal, ', ' ORDER BY conrelid::regclass::text)
                FROM pg_constraint WHERE contype = 'n' AND pg_get_constraintdef(oid) = 'NOT NULL b'";
            assert_eq!(bench.cluster.query("shop", own).unwrap(), "c false, d false, p true");
        }
    }
}
