//! Tables that are built beside, with what others write meanwhile.

use std::env;

/// A change of a table with everything that can be on it.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) tables: &'static [&'static str],
    pub(super) from: &'static str,
    pub(super) to: &'static str,
    /// What others write all the time.
    pub(super) writes: &'static [&'static str],
    /// Written before the exchange, and after it.
    pub(super) early: &'static str,
    pub(super) late: &'static str,
    /// What both tables have, for each of them.
    pub(super) columns: &'static [&'static str],
    /// True after all, and after both downs.
    pub(super) holds: &'static str,
    pub(super) restored: &'static str,
    /// Whether it is also cut short after each of its statements.
    pub(super) is_cut: bool,
}

impl Case {
    /// `PGPLUMB_SWAP=key` takes the cases with that in their name.
    pub(super) fn is_wanted(&self) -> bool {
        env::var("PGPLUMB_SWAP").map_or(true, |part| self.name.contains(&part))
    }
}

pub(super) const CASES: &[Case] = &[SERIAL, TREE, PARTITIONED, KEYS, UNLOGGED];

const SERIAL: Case = Case {
    name: "a serial key that another table refers to",
    tables: &["customer"],
    from: "
CREATE TABLE customer (id serial PRIMARY KEY, email text NOT NULL UNIQUE, note varchar(40), seen date DEFAULT now(), CHECK (email <> ''));
CREATE INDEX customer_note ON customer (note) WHERE note IS NOT NULL;
CREATE TABLE bill (id bigserial PRIMARY KEY, customer_id integer NOT NULL REFERENCES customer ON DELETE CASCADE);
CREATE INDEX bill_customer ON bill (customer_id);
COMMENT ON TABLE customer IS 'who buys';
COMMENT ON CONSTRAINT customer_pkey ON customer IS 'the key';
GRANT SELECT ON customer TO PUBLIC;
CREATE VIEW noted AS SELECT id, note FROM customer WHERE note IS NOT NULL;
INSERT INTO customer (email, note) SELECT 'm' || n, n FROM generate_series(1, 20000) AS n;
INSERT INTO bill (customer_id) SELECT 1 + n % 15000 FROM generate_series(1, 30000) AS n;
",
    to: "
CREATE TABLE customer (id bigserial PRIMARY KEY, email text NOT NULL UNIQUE, note text, seen date DEFAULT now(), CHECK (email <> ''));
CREATE INDEX customer_note ON customer (note) WHERE note IS NOT NULL;
CREATE TABLE bill (id bigserial PRIMARY KEY, customer_id integer NOT NULL REFERENCES customer ON DELETE CASCADE);
CREATE INDEX bill_customer ON bill (customer_id);
COMMENT ON TABLE customer IS 'who buys';
COMMENT ON CONSTRAINT customer_pkey ON customer IS 'the key';
GRANT SELECT ON customer TO PUBLIC;
CREATE VIEW noted AS SELECT id, note FROM customer WHERE note IS NOT NULL;
",
    writes: &[
        "INSERT INTO customer (email, note) VALUES (gen_random_uuid()::text, 'new')",
        "UPDATE customer SET note = left(md5(random()::text), 9) WHERE id = (SELECT 1 + (random() * 20000)::int)",
        "UPDATE customer SET id = id + 10000000 WHERE id = (SELECT 18000 + (random() * 2000)::int)",
        "DELETE FROM customer WHERE id = (SELECT 1 + (random() * 20000)::int)",
        "INSERT INTO bill (customer_id) SELECT id FROM customer WHERE id > 15000 AND id < 17000 ORDER BY id LIMIT 1",
        "BEGIN; UPDATE customer SET note = 'undone' WHERE id = (SELECT 1 + (random() * 20000)::int); DELETE FROM customer WHERE id = (SELECT 1 + (random() * 20000)::int); ROLLBACK",
        "BEGIN; SELECT 1; SELECT pg_sleep(0.01); DELETE FROM customer WHERE id = (SELECT 1 + (random() * 2000)::int); COMMIT",
    ],
    early: "INSERT INTO customer (email) VALUES ('early'); UPDATE customer SET note = 'early' WHERE id = 7; DELETE FROM customer WHERE id = 8",
    late: "INSERT INTO customer (email) VALUES ('late'); UPDATE customer SET note = 'late' WHERE id = 9; DELETE FROM customer WHERE id = 10",
    columns: &["id::bigint, email, note::text, seen"],
    holds: "SELECT pg_typeof(id) = 'bigint'::regtype AND nextval('customer_id_seq') > 20000 AND (SELECT convalidated FROM pg_constraint WHERE conname = 'bill_customer_id_fkey') FROM customer LIMIT 1",
    restored: "SELECT pg_typeof(id) = 'integer'::regtype AND EXISTS (SELECT FROM customer WHERE email = 'late') FROM customer LIMIT 1",
    is_cut: true,
};

const TREE: Case = Case {
    name: "an identity, a key of its own rows, triggers, a policy, a function of its rows, and another order",
    tables: &["node"],
    from: "
CREATE TABLE log (id bigserial PRIMARY KEY, what text);
CREATE TABLE node (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parent integer REFERENCES node ON DELETE SET NULL,
    kind text NOT NULL, \"At\" timestamp DEFAULT now(), size numeric(10,2) CHECK (size >= 0), j json,
    UNIQUE (kind, id));
CREATE INDEX node_parent ON node (parent);
CREATE STATISTICS node_stat ON kind, size FROM node;
ALTER TABLE node ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON node FOR SELECT USING (kind <> 'x');
GRANT SELECT, UPDATE (kind) ON node TO PUBLIC;
CREATE FUNCTION logs() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO log (what) VALUES (TG_OP);
    IF TG_OP = 'INSERT' THEN UPDATE node SET kind = kind || '+' WHERE id = NEW.id; END IF;
    RETURN NULL; END $$;
CREATE TRIGGER a_logs AFTER INSERT OR DELETE ON node FOR EACH ROW EXECUTE FUNCTION logs();
CREATE FUNCTION title(n node) RETURNS text LANGUAGE sql STABLE AS $$ SELECT n.kind $$;
CREATE VIEW titles AS SELECT node.id, title(node) AS t FROM node;
COMMENT ON VIEW titles IS 'all';
GRANT SELECT ON titles TO PUBLIC;
INSERT INTO node (parent, kind, size) SELECT CASE WHEN n > 10 THEN 1 + n % 10 END, 'k', n FROM generate_series(1, 5000) n;
",
    to: "
CREATE TABLE log (id bigserial PRIMARY KEY, what text);
CREATE TABLE other (id integer PRIMARY KEY);
CREATE TABLE node (
    kind text NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parent bigint REFERENCES node ON DELETE SET NULL,
    \"At\" timestamp(3) DEFAULT now(), size numeric(12,2) CHECK (size >= 0), j jsonb,
    twice numeric GENERATED ALWAYS AS (size * 2) STORED,
    added text DEFAULT 'fresh' NOT NULL,
    UNIQUE (kind, id)) WITH (fillfactor = 80);
CREATE INDEX node_parent ON node (parent);
CREATE INDEX node_twice ON node (twice);
CREATE STATISTICS node_stat ON kind, size FROM node;
ALTER TABLE node ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON node FOR SELECT USING (kind <> 'x');
GRANT SELECT, UPDATE (kind) ON node TO PUBLIC;
CREATE FUNCTION logs() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO log (what) VALUES (TG_OP);
    IF TG_OP = 'INSERT' THEN UPDATE node SET kind = kind || '+' WHERE id = NEW.id; END IF;
    RETURN NULL; END $$;
CREATE TRIGGER a_logs AFTER INSERT OR DELETE ON node FOR EACH ROW EXECUTE FUNCTION logs();
CREATE FUNCTION title(n node) RETURNS text LANGUAGE sql STABLE AS $$ SELECT n.kind $$;
CREATE VIEW titles AS SELECT node.id, title(node) AS t FROM node;
COMMENT ON VIEW titles IS 'all';
GRANT SELECT ON titles TO PUBLIC;
",
    writes: &[
        "INSERT INTO node (parent, kind, size, j) VALUES (3, 'new', 4, '{\"a\": 1}'), (NULL, 'two', 5, NULL)",
        "WITH n AS (INSERT INTO node (kind) VALUES ('p') RETURNING id) INSERT INTO node (parent, kind) SELECT id, 'c' FROM n",
        "UPDATE node SET size = size + 1, j = '{}' WHERE id = (SELECT 1 + (random() * 5000)::int)",
        "DELETE FROM node WHERE id = (SELECT 20 + (random() * 6000)::int) AND kind NOT LIKE 'late%'",
        "BEGIN; UPDATE node SET kind = 'undone' WHERE id = (SELECT 1 + (random() * 5000)::int); ROLLBACK",
    ],
    early: "INSERT INTO node (kind) VALUES ('early')",
    late: "INSERT INTO node (kind, size) VALUES ('late', 1); UPDATE node SET size = 99 WHERE id = 9; DELETE FROM node WHERE id = 10",
    columns: &["id::bigint, parent::bigint, kind, \"At\"::timestamp(3), size::numeric(12,2), j::jsonb"],
    holds: "SELECT bool_and(twice = size * 2 OR size IS NULL) AND bool_and(added = 'fresh') AND nextval('node_id_seq') > max(id) AND (SELECT count(*) > 0 FROM log) FROM node",
    restored: "SELECT nextval('node_id_seq') > max(id) AND bool_or(kind = 'late+') FROM node",
    is_cut: false,
};

const PARTITIONED: Case = Case {
    name: "a table that becomes partitioned, with a longer key",
    tables: &["event"],
    from: "
CREATE TABLE sort (id integer PRIMARY KEY);
CREATE TABLE event (id bigint PRIMARY KEY, at date NOT NULL, n integer NOT NULL REFERENCES sort, note text);
CREATE INDEX event_n ON event (n);
INSERT INTO sort SELECT generate_series(0, 9);
INSERT INTO event SELECT n, date '2024-01-01' + n % 700, n % 10, 'x' FROM generate_series(1, 20000) AS n;
",
    to: "
CREATE TABLE sort (id integer PRIMARY KEY);
CREATE TABLE event (id bigint, at date NOT NULL, n integer NOT NULL REFERENCES sort, note text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE event_rest PARTITION OF event DEFAULT;
CREATE INDEX event_n ON event (n);
",
    writes: &[
        "INSERT INTO event SELECT 100000 + random() * 100000000, date '2024-01-01' + (random() * 700)::int, 3, 'new'",
        "UPDATE event SET note = 'changed', n = 5 WHERE id = (SELECT 1 + (random() * 20000)::int)",
        "UPDATE event SET at = at + 100 WHERE id = (SELECT 1 + (random() * 20000)::int)",
        "UPDATE event SET id = id + 1000000000 WHERE id = (SELECT 1 + (random() * 20000)::int)",
        "DELETE FROM event WHERE id = (SELECT 1 + (random() * 20000)::int)",
    ],
    early: "INSERT INTO event VALUES (99999, '2024-05-05', 1, 'early')",
    late: "INSERT INTO event VALUES (99998, '2024-05-05', 1, 'late'); UPDATE event SET at = '2030-01-01' WHERE id = 99998",
    columns: &["id, at, n, note"],
    holds: "SELECT (SELECT count(*) FROM event_rest) > 0 AND (SELECT note = 'late' FROM event_rest WHERE id = 99998)",
    restored: "SELECT relkind = 'r' AND EXISTS (SELECT FROM event WHERE id = 99998) FROM pg_class WHERE oid = 'event'::regclass",
    is_cut: false,
};

const KEYS: Case = Case {
    name: "two tables that refer to each other, with other keys, and a serial that becomes an identity",
    tables: &["public.team", "member"],
    from: "
CREATE TABLE team (id serial PRIMARY KEY, code text NOT NULL UNIQUE, lead integer);
CREATE TABLE member (team_id integer REFERENCES team, nr integer, name text NOT NULL, PRIMARY KEY (team_id, nr));
ALTER TABLE team ADD CONSTRAINT team_lead FOREIGN KEY (id, lead) REFERENCES member (team_id, nr);
INSERT INTO team (code) SELECT 'c' || n FROM generate_series(1, 3000) AS n;
INSERT INTO member SELECT n, k, 'm' FROM generate_series(1, 3000) AS n, generate_series(1, 2) AS k;
UPDATE team SET lead = 1 WHERE id % 2 = 0;
",
    to: "
CREATE TABLE team (id bigint GENERATED BY DEFAULT AS IDENTITY, code text PRIMARY KEY, lead integer, CONSTRAINT team_id UNIQUE (id));
CREATE TABLE member (nr integer, team_id bigint REFERENCES team (id), name text NOT NULL, PRIMARY KEY (nr, team_id));
ALTER TABLE team ADD CONSTRAINT team_lead FOREIGN KEY (lead, id) REFERENCES member (nr, team_id);
",
    writes: &[
        "INSERT INTO team (code) VALUES (gen_random_uuid()::text)",
        "INSERT INTO member SELECT id, 7, 'new' FROM team WHERE id = (SELECT 1 + (random() * 3000)::int) ON CONFLICT DO NOTHING",
        "UPDATE member SET name = md5(random()::text) WHERE team_id = (SELECT 1 + (random() * 3000)::int)",
        "UPDATE team SET code = gen_random_uuid()::text, lead = 2 WHERE id = (SELECT 1 + (random() * 3000)::int)",
        "DELETE FROM member WHERE nr = 7 AND team_id = (SELECT 1 + (random() * 3000)::int)",
    ],
    early: "INSERT INTO team (code) VALUES ('early')",
    late: "INSERT INTO team (code) VALUES ('late'); UPDATE member SET nr = 9 WHERE nr = 2 AND team_id = (SELECT max(id) FROM team WHERE lead = 1 AND id < 3000)",
    columns: &["id::bigint, code, lead", "team_id::bigint, nr, name"],
    holds: "SELECT nextval('team_id_seq') > max(id) AND pg_typeof(max(id)) = 'bigint'::regtype FROM team",
    restored: "SELECT nextval('team_id_seq') > max(id) AND pg_typeof(max(id)) = 'integer'::regtype FROM team",
    is_cut: true,
};

const UNLOGGED: Case = Case {
    name: "a table that is logged no more",
    tables: &["s.\"Hot\""],
    from: "
CREATE SCHEMA s;
CREATE TABLE s.\"Hot\" (\"Key\" text PRIMARY KEY, n integer);
INSERT INTO s.\"Hot\" SELECT n, n FROM generate_series(1, 5000) AS n;
",
    to: "CREATE SCHEMA s; CREATE UNLOGGED TABLE s.\"Hot\" (\"Key\" text PRIMARY KEY, n integer)",
    writes: &[
        "UPDATE s.\"Hot\" SET n = n + 1 WHERE \"Key\" = (SELECT (random() * 5000)::int::text)",
        "DELETE FROM s.\"Hot\" WHERE \"Key\" = (SELECT (random() * 5000)::int::text)",
        "INSERT INTO s.\"Hot\" VALUES ((random() * 6000)::int, 0) ON CONFLICT DO NOTHING",
    ],
    early: "INSERT INTO s.\"Hot\" VALUES ('early')",
    late: "TRUNCATE s.\"Hot\"; INSERT INTO s.\"Hot\" VALUES ('late')",
    columns: &["\"Key\", n"],
    holds: "SELECT relpersistence = 'u' AND EXISTS (SELECT FROM s.\"Hot\" WHERE \"Key\" = 'late') FROM pg_class WHERE relname = 'Hot'",
    restored: "SELECT relpersistence = 'p' AND EXISTS (SELECT FROM s.\"Hot\" WHERE \"Key\" = 'late') FROM pg_class WHERE relname = 'Hot'",
    is_cut: false,
};

/// What is there, what is wanted, and why the table stays what it is.
pub(super) const REFUSED: &[(&str, &str, &str)] = &[
    ("CREATE TABLE t (id integer)", "CREATE TABLE t (id bigint)", "table t is not built beside: it has no primary key"),
    (
        "CREATE TABLE t (id integer PRIMARY KEY); CREATE MATERIALIZED VIEW m AS SELECT id FROM t",
        "CREATE TABLE t (id bigint PRIMARY KEY); CREATE MATERIALIZED VIEW m AS SELECT id FROM t",
        "table t is not built beside: materialized view m needs it",
    ),
    (
        "CREATE TABLE t (id integer PRIMARY KEY, n integer); CREATE TABLE part (whole t)",
        "CREATE TABLE t (n integer, id integer PRIMARY KEY); CREATE TABLE part (whole t)",
        "column part.whole needs it",
    ),
    (
        "CREATE TABLE p (id integer PRIMARY KEY) PARTITION BY LIST (id); CREATE TABLE t PARTITION OF p DEFAULT",
        "CREATE TABLE p (id integer PRIMARY KEY) PARTITION BY LIST (id); CREATE TABLE t PARTITION OF p FOR VALUES IN (1)",
        "it is a partition, or has a parent",
    ),
    (
        "CREATE TABLE t (id integer PRIMARY KEY); CREATE TABLE c (x integer) INHERITS (t)",
        "CREATE TABLE t (id bigint PRIMARY KEY); CREATE TABLE c (x integer) INHERITS (t)",
        "other tables inherit from it",
    ),
    (
        "CREATE TABLE t (id integer PRIMARY KEY) PARTITION BY LIST (id)",
        "CREATE TABLE t (id integer PRIMARY KEY) PARTITION BY HASH (id)",
        "it has partitions, whose names those of the new one would need",
    ),
    (
        "CREATE TABLE t (id integer PRIMARY KEY, n integer UNIQUE DEFERRABLE)",
        "CREATE TABLE t (id bigint PRIMARY KEY, n integer UNIQUE DEFERRABLE)",
        "constraint t.t_n_key can be deferred: rows may break it for a while",
    ),
    (
        "CREATE TABLE t (id integer PRIMARY KEY); ALTER TABLE t FORCE ROW LEVEL SECURITY",
        "CREATE TABLE t (id bigint PRIMARY KEY); ALTER TABLE t FORCE ROW LEVEL SECURITY",
        "row security is forced on its owner too",
    ),
    (
        "CREATE TABLE t (id integer PRIMARY KEY); CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING",
        "CREATE TABLE t (id bigint PRIMARY KEY); CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING",
        "rule t.r may turn a write into another one",
    ),
    (
        "CREATE TABLE t (id integer PRIMARY KEY); CREATE PUBLICATION every FOR ALL TABLES",
        "CREATE TABLE t (id bigint PRIMARY KEY); CREATE PUBLICATION every FOR ALL TABLES",
        "publication every would publish the table that is built beside",
    ),
    (
        "CREATE TABLE t (id integer PRIMARY KEY, at timestamp)",
        "CREATE TABLE t (id integer PRIMARY KEY, at timestamptz)",
        "what a value of column at becomes depends on the time zone of whoever writes it",
    ),
    (
        "CREATE TABLE t (id integer PRIMARY KEY, gone text NOT NULL)",
        "CREATE TABLE t (id bigint PRIMARY KEY)",
        "nothing fills column gone of t__old",
    ),
    (
        "CREATE TABLE t (id integer PRIMARY KEY); CREATE TABLE t__new (id integer)",
        "CREATE TABLE t (id bigint PRIMARY KEY); CREATE TABLE t__new (id integer)",
        "table t__new is in the way",
    ),
    ("CREATE TABLE t (id integer PRIMARY KEY)", "CREATE TABLE t (id integer PRIMARY KEY)", "nothing of it changes"),
];
