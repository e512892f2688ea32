-- health (down)
-- from 50a06cf5 to eec8cbe1, PostgreSQL 15, proven up and down, down lossless

SET search_path = public;

-- one transaction
BEGIN;
SET LOCAL lock_timeout = '3s';

-- dropped view pgplumb.health
-- ACCESS EXCLUSIVE on pgplumb.health, no row is read
DROP VIEW pgplumb.health;

-- dropped table pgplumb.size
-- ACCESS EXCLUSIVE on pgplumb.size, no row is read
-- loses data: the rows of pgplumb.size
DROP TABLE pgplumb.size;

COMMIT;

RESET search_path;
