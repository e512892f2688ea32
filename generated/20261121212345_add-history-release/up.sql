-- add-history-release (up)
-- from 7290778f to 805016f7, PostgreSQL 15, proven up and down, down lossless

SET search_path = public;

-- one transaction
BEGIN;
SET LOCAL lock_timeout = '3s';

-- new column pgplumb.history.release (schema/history.sql:39)
-- ACCESS EXCLUSIVE on pgplumb.history, no row is read
ALTER TABLE pgplumb.history ADD COLUMN release bigint;
COMMENT ON COLUMN pgplumb.history.release IS 'The run of apply that applied it: what one run applied has the same number.';

COMMIT;

RESET search_path;
