-- origin (down)
-- from c4f26f78 to 455dd196, PostgreSQL 15, proven up and down, down lossless

SET search_path = public;

-- one transaction
BEGIN;
SET LOCAL lock_timeout = '3s';

-- dropped column pgplumb.history.origin
-- ACCESS EXCLUSIVE on pgplumb.history, no row is read
-- loses data: the values of column pgplumb.history.origin
ALTER TABLE pgplumb.history DROP COLUMN origin;

COMMIT;

RESET search_path;
