-- bookkeeping (up)
-- from 422519c0 to 00757ac4, PostgreSQL 15, proven up and down, down lossless

SET search_path = public;

-- one transaction
BEGIN;
SET LOCAL lock_timeout = '3s';

-- new schema pgplumb (schema/history.sql:4)
CREATE SCHEMA pgplumb;
COMMENT ON SCHEMA pgplumb IS 'Bookkeeping of pgplumb: which migrations were applied, when, by whom, and what they did.';

-- new enum pgplumb.kind (schema/history.sql:8)
CREATE TYPE pgplumb.kind AS ENUM ('schema', 'data', 'baseline');
COMMENT ON TYPE pgplumb.kind IS 'What a migration is: a planned or hand-written change, a change of rows, or the adoption of what was there.';

-- new enum pgplumb.outcome (schema/history.sql:12)
CREATE TYPE pgplumb.outcome AS ENUM ('started', 'applied', 'failed', 'rolled_back');
COMMENT ON TYPE pgplumb.outcome IS 'How far a migration or a step of one got.';

-- new table pgplumb.history (schema/history.sql:17)
CREATE TABLE pgplumb.history (
    run bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    id text NOT NULL,
    name text NOT NULL,
    kind pgplumb.kind DEFAULT 'schema'::pgplumb.kind NOT NULL,
    up_sha256 bytea NOT NULL,
    down_sha256 bytea,
    from_fingerprint bytea,
    to_fingerprint bytea,
    up_sql text NOT NULL,
    down_sql text,
    outcome pgplumb.outcome DEFAULT 'started'::pgplumb.outcome NOT NULL,
    error text,
    applied_by text DEFAULT SESSION_USER NOT NULL,
    applied_from text,
    tool_version text NOT NULL,
    ticket text,
    started_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    duration interval,
    rolled_back_at timestamp with time zone,
    CONSTRAINT history_check CHECK (((outcome <> 'failed'::pgplumb.outcome) OR (error IS NOT NULL))),
    CONSTRAINT history_check1 CHECK (((outcome = 'rolled_back'::pgplumb.outcome) = (rolled_back_at IS NOT NULL))),
    CONSTRAINT history_down_sha256_check CHECK ((length(down_sha256) = 32)),
    CONSTRAINT history_from_fingerprint_check CHECK ((length(from_fingerprint) = 32)),
    CONSTRAINT history_id_check CHECK ((id ~ '^[0-9]{14}_'::text)),
    CONSTRAINT history_pkey PRIMARY KEY (run),
    CONSTRAINT history_to_fingerprint_check CHECK ((length(to_fingerprint) = 32)),
    CONSTRAINT history_up_sha256_check CHECK ((length(up_sha256) = 32))
);
COMMENT ON TABLE pgplumb.history IS 'Every run of every migration, with the SQL of both directions as it was run.';
COMMENT ON COLUMN pgplumb.history.applied_from IS 'Host name of the machine that ran it.';
COMMENT ON COLUMN pgplumb.history.from_fingerprint IS 'SHA-256 of the state that the migration starts from.';
COMMENT ON COLUMN pgplumb.history.id IS 'The folder of the migration: UTC time and slug.';
COMMENT ON COLUMN pgplumb.history.to_fingerprint IS 'SHA-256 of the state that it leads to.';

-- new table pgplumb.journal (schema/history.sql:51)
CREATE TABLE pgplumb.journal (
    run bigint NOT NULL,
    step integer NOT NULL,
    forward boolean DEFAULT true NOT NULL,
    sql_sha256 bytea NOT NULL,
    outcome pgplumb.outcome DEFAULT 'started'::pgplumb.outcome NOT NULL,
    error text,
    started_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT journal_pkey PRIMARY KEY (run, forward, step),
    CONSTRAINT journal_run_fkey FOREIGN KEY (run) REFERENCES pgplumb.history(run) ON DELETE CASCADE,
    CONSTRAINT journal_sql_sha256_check CHECK ((length(sql_sha256) = 32)),
    CONSTRAINT journal_step_check CHECK ((step > 0))
);
COMMENT ON TABLE pgplumb.journal IS 'How far each run got, so that one that was cut off can go on where it stopped.';
COMMENT ON COLUMN pgplumb.journal.forward IS 'Whether the step belongs to the up; a rollback writes rows of its own.';
COMMENT ON COLUMN pgplumb.journal.step IS 'The step''s place in its script, counted from one.';

-- new index pgplumb.history_in_force (schema/history.sql:48)
CREATE UNIQUE INDEX history_in_force
    ON pgplumb.history USING btree (id)
    WHERE (outcome = ANY (ARRAY['started'::pgplumb.outcome, 'applied'::pgplumb.outcome]));

COMMIT;

RESET search_path;
