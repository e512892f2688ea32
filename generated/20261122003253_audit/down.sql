-- audit (down)
-- from eec8cbe1 to 805016f7, PostgreSQL 15, proven up and down, down lossless

SET search_path = public;

-- one transaction
BEGIN;
SET LOCAL lock_timeout = '3s';

-- dropped trigger pgplumb.history.added
-- ACCESS EXCLUSIVE on pgplumb.history, no row is read
DROP TRIGGER added ON pgplumb.history;

-- dropped trigger pgplumb.history.changed
-- ACCESS EXCLUSIVE on pgplumb.history, no row is read
DROP TRIGGER changed ON pgplumb.history;

-- dropped trigger pgplumb.repair.added
-- ACCESS EXCLUSIVE on pgplumb.repair, no row is read
DROP TRIGGER added ON pgplumb.repair;

-- dropped column pgplumb.history.plan_sha256
-- ACCESS EXCLUSIVE on pgplumb.history, no row is read
-- loses data: the values of column pgplumb.history.plan_sha256
ALTER TABLE pgplumb.history DROP COLUMN plan_sha256;

-- dropped table pgplumb.audit
-- ACCESS EXCLUSIVE on pgplumb.audit, no row is read
-- loses data: the rows of pgplumb.audit
DROP TABLE pgplumb.audit;

-- dropped function pgplumb.append(text, bigint, text, jsonb)
DROP FUNCTION pgplumb.append(text, bigint, text, jsonb);

-- dropped function pgplumb.note()
DROP FUNCTION pgplumb.note();

-- dropped function pgplumb.refuse()
DROP FUNCTION pgplumb.refuse();

COMMIT;

RESET search_path;
