SET check_function_bodies = off;

BEGIN;

ALTER TABLE ONLY pgplumb.journal DROP CONSTRAINT journal_run_fkey;

DROP TABLE pgplumb.history;

DROP TABLE pgplumb.journal;

DROP TYPE pgplumb.kind;

DROP TYPE pgplumb.outcome;

DROP SCHEMA pgplumb;

COMMIT;
