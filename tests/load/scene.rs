//! The tables that are written while they change, and the change for each online form.

/// A change of the base schema.
pub(super) struct Scene {
    pub(super) name: &'static str,
    /// What is watched: the tables whose names are like this.
    pub(super) table: &'static str,
    /// What is exchanged in the text of the schema, and for what; an empty first text adds the second at the end.
    change: (&'static str, &'static str),
    pub(super) writes: &'static str,
    pub(super) reads: &'static str,
    /// The strongest lock on the table that may be seen, however short.
    pub(super) strongest: &'static str,
    /// Whether the plain form keeps writers waiting while it reads or writes rows.
    pub(super) plain_stops_writers: bool,
    /// What is asked for as `--online`.
    pub(super) form: &'static str,
}

impl Scene {
    /// The schema after the change.
    pub(super) fn desired(&self) -> String {
        let (from, to) = self.change;
        if from.is_empty() {
            return format!("{SCHEMA}{to};\n");
        }
        assert!(SCHEMA.contains(from), "{}: the schema has no `{from}`", self.name);
        SCHEMA.replacen(from, to, 1)
    }
}

const SCHEMA: &str = "\
CREATE TABLE other (id integer PRIMARY KEY);
CREATE TABLE hot (id bigint PRIMARY KEY, a integer, b integer, note text);
CREATE INDEX hot_b ON hot (b);
CREATE INDEX hot_note ON hot (note);
CREATE TABLE part (id bigint NOT NULL, a integer, b integer, note text) PARTITION BY RANGE (id);
CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM (0) TO (1000);
CREATE TABLE part_2 PARTITION OF part FOR VALUES FROM (1000) TO (1000000000);
CREATE INDEX part_b ON part (b);
CREATE TABLE wide (id bigint NOT NULL, a integer) PARTITION BY LIST (id);
CREATE TABLE loose (id bigint NOT NULL CHECK (id > 0), a integer);
CREATE TABLE journal (id bigint NOT NULL, a integer) PARTITION BY RANGE (id);
CREATE TABLE entries_1 PARTITION OF journal FOR VALUES FROM (0) TO (1000);
CREATE TABLE entries_2 PARTITION OF journal FOR VALUES FROM (1000) TO (1000000000);
CREATE MATERIALIZED VIEW summary AS SELECT md5(id::text) AS hash, count(*) AS n FROM journal GROUP BY 1;
CREATE UNIQUE INDEX summary_hash ON summary (hash);
CREATE TYPE mood AS ENUM ('fine', 'sad', 'gone');
CREATE TABLE felt (id bigint PRIMARY KEY, mood mood);
";

/// The schema with its rows.
pub(super) fn base(rows: u64) -> String {
    format!(
        "{SCHEMA}
INSERT INTO other SELECT generate_series(0, 999);
INSERT INTO hot SELECT n, n % 5000, n % 1000, md5(n::text) FROM generate_series(1, {rows}) AS n;
INSERT INTO part SELECT n, n % 5000, n % 1000, md5(n::text) FROM generate_series(1, {rows}) AS n;
INSERT INTO loose SELECT 7, n FROM generate_series(1, {rows}) AS n;
INSERT INTO journal SELECT n, n % 5000 FROM generate_series(1, {rows}) AS n;
REFRESH MATERIALIZED VIEW summary;
INSERT INTO felt SELECT n, 'fine' FROM generate_series(1, {rows}) AS n;
ANALYZE;
"
    )
}

const WRITES_HOT: &str = "UPDATE hot SET note = note || '' WHERE id = (SELECT 1 + (random() * 1000)::int)";
const READS_HOT: &str = "SELECT note FROM hot WHERE id = (SELECT 1 + (random() * 1000)::int)";
const WRITES_PART: &str = "INSERT INTO part VALUES (1000 + (random() * 100000)::int, 1, 1, gen_random_uuid()::text)";
const READS_PART: &str = "SELECT note FROM part WHERE b = 1 LIMIT 1";
const UPDATE: &str = "ShareUpdateExclusiveLock";
const ACCESS: &str = "AccessExclusiveLock";

const fn hot(
    name: &'static str,
    from: &'static str,
    to: &'static str,
    strongest: &'static str,
    plain_stops_writers: bool,
) -> Scene {
    Scene {
        name,
        table: "hot%",
        change: (from, to),
        writes: WRITES_HOT,
        reads: READS_HOT,
        strongest,
        plain_stops_writers,
        form: "on",
    }
}

const fn part(name: &'static str, from: &'static str, to: &'static str, strongest: &'static str) -> Scene {
    let (writes, reads) = (WRITES_PART, READS_PART);
    Scene { name, table: "part%", change: (from, to), writes, reads, strongest, plain_stops_writers: true, form: "on" }
}

/// The plain form holds the same locks: what the online one adds is a look before anything is changed.
const fn felt(name: &'static str, from: &'static str, to: &'static str, strongest: &'static str) -> Scene {
    Scene {
        name,
        table: "felt",
        change: (from, to),
        writes: "UPDATE felt SET mood = 'sad' WHERE id = (SELECT 1 + (random() * 1000)::int)",
        reads: "SELECT id FROM felt WHERE mood = 'fine' LIMIT 1",
        strongest,
        plain_stops_writers: false,
        form: "on",
    }
}

/// Forms that there are from 18 on.
pub(super) const SCENES_18: &[Scene] = &[
    hot(
        "not_null_not_valid",
        "hot (id bigint PRIMARY KEY, a integer,",
        "hot (id bigint PRIMARY KEY, a integer NOT NULL,",
        ACCESS,
        true,
    ),
    hot(
        "not_null_not_valid, primary key",
        "hot (id bigint PRIMARY KEY, a integer, b integer, note text)",
        "hot (id bigint, a integer, b integer, note text, CONSTRAINT hot_pkey PRIMARY KEY (id, note))",
        ACCESS,
        true,
    ),
];

pub(super) const SCENES: &[Scene] = &[
    hot("index_concurrently", "", "CREATE INDEX hot_a ON hot (a, note)", UPDATE, true),
    hot("index_concurrently, changed", "hot_b ON hot (b)", "hot_b ON hot (b, note)", ACCESS, true),
    hot("drop_index_concurrently", "CREATE INDEX hot_note ON hot (note);", "", UPDATE, false),
    hot("unique_using_index", "", "ALTER TABLE hot ADD CONSTRAINT hot_key UNIQUE (id, note)", ACCESS, true),
    hot("constraint_not_valid, check", "", "ALTER TABLE hot ADD CHECK (md5(note) <> '')", ACCESS, true),
    hot(
        "constraint_not_valid, key",
        "",
        "ALTER TABLE hot ADD FOREIGN KEY (b) REFERENCES other (id)",
        "ShareRowExclusiveLock",
        true,
    ),
    hot(
        "not_null_by_check",
        "hot (id bigint PRIMARY KEY, a integer,",
        "hot (id bigint PRIMARY KEY, a integer NOT NULL,",
        ACCESS,
        true,
    ),
    hot(
        "volatile_default",
        "note text);\nCREATE INDEX hot_b",
        "note text, token uuid DEFAULT gen_random_uuid() NOT NULL);\nCREATE INDEX hot_b",
        ACCESS,
        true,
    ),
    hot(
        "identity_beside",
        "note text);\nCREATE INDEX hot_b",
        "note text, number bigint GENERATED ALWAYS AS IDENTITY);\nCREATE INDEX hot_b",
        ACCESS,
        true,
    ),
    part("partitioned index", "", "CREATE INDEX part_a ON part (a, note)", "ShareLock"),
    part("partitioned unique_using_index", "", "ALTER TABLE part ADD CONSTRAINT part_key UNIQUE (id, note, a)", ACCESS),
    part(
        "foreign_key_by_partitions",
        "",
        "ALTER TABLE part ADD FOREIGN KEY (b) REFERENCES other (id)",
        "ShareRowExclusiveLock",
    ),
    part("partitioned_index_beside", "part_b ON part (b)", "part_b ON part (b, note)", ACCESS),
    Scene {
        name: "attach_by_check",
        table: "loose",
        change: ("", "ALTER TABLE wide ATTACH PARTITION loose FOR VALUES IN (7)"),
        writes: "INSERT INTO loose VALUES (7, 1)",
        reads: "SELECT a FROM loose LIMIT 1",
        strongest: ACCESS,
        plain_stops_writers: true,
        form: "on",
    },
    Scene {
        name: "detach_concurrently",
        table: "journal",
        change: (
            "CREATE TABLE entries_1 PARTITION OF journal FOR VALUES FROM (0) TO (1000)",
            "CREATE TABLE entries_1 (id bigint NOT NULL, a integer)",
        ),
        writes: "INSERT INTO journal VALUES (2000, 1)",
        reads: "SELECT a FROM journal LIMIT 1",
        strongest: UPDATE,
        // It takes its strong lock for a moment only.
        plain_stops_writers: false,
        form: "on",
    },
    Scene {
        name: "matview_beside",
        table: "summary",
        change: ("count(*) AS n FROM journal", "count(*) AS n, sum(a) AS sum FROM journal"),
        // Nobody writes it: its readers are those who could wait.
        writes: "SELECT n FROM summary LIMIT 1",
        reads: "SELECT count(*) FROM summary WHERE hash < '1'",
        strongest: ACCESS,
        plain_stops_writers: true,
        form: "on",
    },
    Scene {
        form: "expand",
        plain_stops_writers: true,
        ..felt("expand, enum value removed", "('fine', 'sad', 'gone')", "('fine', 'sad')", ACCESS)
    },
    felt("enum value added", "('fine', 'sad', 'gone')", "('fine', 'new', 'sad', 'gone')", UPDATE),
    Scene {
        form: "expand",
        ..hot(
            "expand",
            "a integer, b integer, note text);\nCREATE INDEX hot_b",
            "a integer, b bigint, note text);\nCREATE INDEX hot_b",
            ACCESS,
            true,
        )
    },
    Scene { form: "swap:hot", ..hot("swap", "CREATE TABLE hot (", "CREATE UNLOGGED TABLE hot (", ACCESS, true) },
];
