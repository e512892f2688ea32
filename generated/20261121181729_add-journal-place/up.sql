-- add-journal-place (up)
-- from 04dd5e56 to 7290778f, PostgreSQL 15, proven up and down, down lossless

SET search_path = public;

-- one transaction
BEGIN;
SET LOCAL lock_timeout = '3s';

-- new column pgplumb.journal.place (schema/history.sql:65)
-- ACCESS EXCLUSIVE on pgplumb.journal, no row is read
ALTER TABLE pgplumb.journal ADD COLUMN place jsonb;
COMMENT ON COLUMN pgplumb.journal.place IS 'How far a step got that is run in batches: the key of the last row of the last batch, and counts.';

COMMIT;

RESET search_path;
