-- origin (up)
-- from 455dd196 to c4f26f78, PostgreSQL 15, proven up and down, down lossless

SET search_path = public;

-- one transaction
BEGIN;
SET LOCAL lock_timeout = '3s';

-- new column pgplumb.history.origin (schema/history.sql:41)
-- ACCESS EXCLUSIVE on pgplumb.history, no row is read
ALTER TABLE pgplumb.history ADD COLUMN origin jsonb;
COMMENT ON COLUMN pgplumb.history.origin IS 'Which other tool applied it, and what the table of that tool says of it; nothing where pgplumb did.';

COMMIT;

RESET search_path;
