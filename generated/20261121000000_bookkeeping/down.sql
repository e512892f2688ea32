-- bookkeeping (down)
-- from 00757ac4 to 422519c0, PostgreSQL 15, proven up and down, down lossless

SET search_path = public;

-- one transaction
BEGIN;
SET LOCAL lock_timeout = '3s';

-- dropped constraint pgplumb.journal.journal_run_fkey
ALTER TABLE ONLY pgplumb.journal DROP CONSTRAINT journal_run_fkey;

-- dropped table pgplumb.history
DROP TABLE pgplumb.history;

-- dropped table pgplumb.journal
DROP TABLE pgplumb.journal;

-- dropped enum pgplumb.kind
DROP TYPE pgplumb.kind;

-- dropped enum pgplumb.outcome
DROP TYPE pgplumb.outcome;

-- dropped schema pgplumb
DROP SCHEMA pgplumb;

COMMIT;

RESET search_path;
