-- add-journal-place (down)
-- from 7290778f to 04dd5e56, PostgreSQL 15, proven up and down, down lossless

SET search_path = public;

-- one transaction
BEGIN;
SET LOCAL lock_timeout = '3s';

-- dropped column pgplumb.journal.place
-- ACCESS EXCLUSIVE on pgplumb.journal, no row is read
-- loses data: the values of column pgplumb.journal.place
ALTER TABLE pgplumb.journal DROP COLUMN place;

COMMIT;

RESET search_path;
