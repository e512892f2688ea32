-- add-history-release (down)
-- from 805016f7 to 7290778f, PostgreSQL 15, proven up and down, down lossless

SET search_path = public;

-- one transaction
BEGIN;
SET LOCAL lock_timeout = '3s';

-- dropped column pgplumb.history.release
-- ACCESS EXCLUSIVE on pgplumb.history, no row is read
-- loses data: the values of column pgplumb.history.release
ALTER TABLE pgplumb.history DROP COLUMN release;

COMMIT;

RESET search_path;
