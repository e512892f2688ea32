-- pgplumb's own bookkeeping. It is kept the way pgplumb keeps any schema: edit here, run `just generate`, review the pair
-- of migrations that appears in `generated/`. The binary embeds those and brings its bookkeeping up to date with them.

CREATE SCHEMA pgplumb;

COMMENT ON SCHEMA pgplumb IS 'Bookkeeping of pgplumb: which migrations were applied, when, by whom, and what they did.';

CREATE TYPE pgplumb.kind AS ENUM ('schema', 'data', 'baseline');

COMMENT ON TYPE pgplumb.kind IS 'What a migration is: a planned or hand-written change, a change of rows, or the adoption of what was there.';

CREATE TYPE pgplumb.outcome AS ENUM ('started', 'applied', 'failed', 'rolled_back');

COMMENT ON TYPE pgplumb.outcome IS 'How far a migration or a step of one got.';

-- One row for every run of a migration; a migration that was rolled back and applied again has two.
CREATE TABLE pgplumb.history (
    run bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text NOT NULL CHECK (id ~ '^[0-9]{14}_'),
    name text NOT NULL,
    kind pgplumb.kind NOT NULL DEFAULT 'schema',
    up_sha256 bytea NOT NULL CHECK (length(up_sha256) = 32),
    down_sha256 bytea CHECK (length(down_sha256) = 32),
    from_fingerprint bytea CHECK (length(from_fingerprint) = 32),
    to_fingerprint bytea CHECK (length(to_fingerprint) = 32),
    up_sql text NOT NULL,
    down_sql text,
    outcome pgplumb.outcome NOT NULL DEFAULT 'started',
    error text,
    applied_by text NOT NULL DEFAULT session_user,
    applied_from text,
    tool_version text NOT NULL,
    ticket text,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    duration interval,
    rolled_back_at timestamptz,
    down_grade text CHECK (down_grade IN ('lossless', 'lossy', 'irreversible')),
    losses text[],
    release bigint,
    plan_sha256 bytea,
    origin jsonb,
    rolled_back_by text,
    rolled_back_from text,
    rollback_ticket text,
    CHECK (outcome <> 'failed' OR error IS NOT NULL),
    CHECK ((outcome = 'rolled_back') = (rolled_back_at IS NOT NULL))
);

COMMENT ON TABLE pgplumb.history IS 'Every run of every migration, with the SQL of both directions as it was run.';
COMMENT ON COLUMN pgplumb.history.id IS 'The folder of the migration: UTC time and slug.';
COMMENT ON COLUMN pgplumb.history.from_fingerprint IS 'SHA-256 of the state that the migration starts from.';
COMMENT ON COLUMN pgplumb.history.to_fingerprint IS 'SHA-256 of the state that it leads to.';
COMMENT ON COLUMN pgplumb.history.down_grade IS 'How much the down brings back, as it was proven; nothing where nobody measured it.';
COMMENT ON COLUMN pgplumb.history.losses IS 'What it does not bring back.';
COMMENT ON COLUMN pgplumb.history.release IS 'The run of apply that applied it: what one run applied has the same number.';
COMMENT ON COLUMN pgplumb.history.plan_sha256 IS 'SHA-256 of the plan.json that it was applied with; nothing where nobody planned it.';
COMMENT ON COLUMN pgplumb.history.origin IS 'Which other tool applied it, and what the table of that tool says of it; nothing where pgplumb did.';
COMMENT ON COLUMN pgplumb.history.applied_from IS 'Host name of the machine that ran it.';
COMMENT ON COLUMN pgplumb.history.rolled_back_by IS 'The role that took it back, or began to.';
COMMENT ON COLUMN pgplumb.history.rolled_back_from IS 'Host name of the machine that took it back.';
COMMENT ON COLUMN pgplumb.history.rollback_ticket IS 'Why it was taken back, as the rollback was told.';

-- A migration is in force at most once.
CREATE UNIQUE INDEX history_in_force ON pgplumb.history (id) WHERE outcome IN ('started', 'applied');

-- One row for every step of a run, written in the transaction of the step where it has one.
CREATE TABLE pgplumb.journal (
    run bigint NOT NULL REFERENCES pgplumb.history ON DELETE CASCADE,
    step integer NOT NULL CHECK (step > 0),
    forward boolean NOT NULL DEFAULT true,
    sql_sha256 bytea NOT NULL CHECK (length(sql_sha256) = 32),
    outcome pgplumb.outcome NOT NULL DEFAULT 'started',
    error text,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,
    before text,
    place jsonb,
    PRIMARY KEY (run, forward, step)
);

COMMENT ON TABLE pgplumb.journal IS 'How far each run got, so that one that was cut off can go on where it stopped.';
COMMENT ON COLUMN pgplumb.journal.step IS 'The step''s place in its script, counted from one.';
COMMENT ON COLUMN pgplumb.journal.forward IS 'Whether the step belongs to the up; a rollback writes rows of its own.';
COMMENT ON COLUMN pgplumb.journal.before IS 'What a step outside of transactions works on, as that was before it: after a crash, the same says that it did nothing.';
COMMENT ON COLUMN pgplumb.journal.place IS 'How far a step got that is run in batches: the key of the last row of the last batch, and counts.';

-- What the database was measured to be after the last run, so that a later change by somebody else can be shown.
CREATE TABLE pgplumb.state (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    fingerprint bytea NOT NULL CHECK (length(fingerprint) = 32),
    snapshot text NOT NULL,
    measured_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

COMMENT ON TABLE pgplumb.state IS 'The schema as it was measured after the last run, in one row.';

-- What somebody changed in the books by hand, and why; nothing here is ever changed or deleted.
CREATE TABLE pgplumb.repair (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text NOT NULL,
    what text NOT NULL,
    because text NOT NULL CHECK (because <> ''),
    done_by text NOT NULL DEFAULT session_user,
    done_from text,
    tool_version text NOT NULL,
    done_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

COMMENT ON TABLE pgplumb.repair IS 'Every correction of the books, with its reason.';
