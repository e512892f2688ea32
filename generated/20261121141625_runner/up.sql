-- runner (up)
-- from 9aa1e652 to 04dd5e56, PostgreSQL 15, proven up and down, down lossless

SET search_path = public;

-- 1 of 2: one transaction
BEGIN;
SET LOCAL lock_timeout = '3s';

-- new column pgplumb.history.down_grade (schema/history.sql:37)
-- ACCESS EXCLUSIVE on pgplumb.history, no row is read
ALTER TABLE pgplumb.history ADD COLUMN down_grade text;
COMMENT ON COLUMN pgplumb.history.down_grade IS 'How much the down brings back, as it was proven; nothing where nobody measured it.';

-- new column pgplumb.history.losses (schema/history.sql:38)
-- ACCESS EXCLUSIVE on pgplumb.history, no row is read
ALTER TABLE pgplumb.history ADD COLUMN losses text[];
COMMENT ON COLUMN pgplumb.history.losses IS 'What it does not bring back.';

-- new column pgplumb.journal.before (schema/history.sql:64)
-- ACCESS EXCLUSIVE on pgplumb.journal, no row is read
ALTER TABLE pgplumb.journal ADD COLUMN before text;
COMMENT ON COLUMN pgplumb.journal.before IS 'What a step outside of transactions works on, as that was before it: after a crash, the same says that it did nothing.';

-- new table pgplumb.repair (schema/history.sql:84)
CREATE TABLE pgplumb.repair (
    number bigint GENERATED ALWAYS AS IDENTITY,
    id text NOT NULL,
    what text NOT NULL,
    because text NOT NULL,
    done_by text DEFAULT SESSION_USER NOT NULL,
    done_from text,
    tool_version text NOT NULL,
    done_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT repair_because_check CHECK ((because <> ''::text)),
    CONSTRAINT repair_pkey PRIMARY KEY (number)
);
COMMENT ON TABLE pgplumb.repair IS 'Every correction of the books, with its reason.';

-- new table pgplumb.state (schema/history.sql:74)
CREATE TABLE pgplumb.state (
    single boolean DEFAULT true NOT NULL,
    fingerprint bytea NOT NULL,
    snapshot text NOT NULL,
    measured_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT state_fingerprint_check CHECK ((length(fingerprint) = 32)),
    CONSTRAINT state_pkey PRIMARY KEY (single),
    CONSTRAINT state_single_check CHECK (single)
);
COMMENT ON TABLE pgplumb.state IS 'The schema as it was measured after the last run, in one row.';

-- new constraint pgplumb.history.history_down_grade_check (schema/history.sql:17); holds for new rows, the
-- others are checked below
-- ACCESS EXCLUSIVE on pgplumb.history, no row is read
ALTER TABLE pgplumb.history
    ADD CONSTRAINT history_down_grade_check CHECK ((down_grade = ANY (ARRAY['lossless'::text, 'lossy'::text, 'irreversible'::text]))) NOT VALID;

COMMIT;

-- 2 of 2: one transaction
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = 0;

-- constraint pgplumb.history.history_down_grade_check: the rows are checked while reads and writes go on
-- SHARE UPDATE EXCLUSIVE on pgplumb.history while all rows are read: reads and writes go on
ALTER TABLE pgplumb.history VALIDATE CONSTRAINT history_down_grade_check;

COMMIT;

RESET search_path;
