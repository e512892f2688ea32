-- runner (down)
-- from 04dd5e56 to 9aa1e652, PostgreSQL 15, proven up and down, down lossless

SET search_path = public;

-- one transaction
BEGIN;
SET LOCAL lock_timeout = '3s';

-- dropped constraint pgplumb.history.history_down_grade_check
-- ACCESS EXCLUSIVE on pgplumb.history, no row is read
ALTER TABLE pgplumb.history DROP CONSTRAINT history_down_grade_check;

-- dropped column pgplumb.history.down_grade
-- ACCESS EXCLUSIVE on pgplumb.history, no row is read
-- loses data: the values of column pgplumb.history.down_grade
ALTER TABLE pgplumb.history DROP COLUMN down_grade;

-- dropped column pgplumb.history.losses
-- ACCESS EXCLUSIVE on pgplumb.history, no row is read
-- loses data: the values of column pgplumb.history.losses
ALTER TABLE pgplumb.history DROP COLUMN losses;

-- dropped column pgplumb.journal.before
-- ACCESS EXCLUSIVE on pgplumb.journal, no row is read
-- loses data: the values of column pgplumb.journal.before
ALTER TABLE pgplumb.journal DROP COLUMN before;

-- dropped table pgplumb.repair
-- ACCESS EXCLUSIVE on pgplumb.repair, no row is read
-- loses data: the rows of pgplumb.repair
DROP TABLE pgplumb.repair;

-- dropped table pgplumb.state
-- ACCESS EXCLUSIVE on pgplumb.state, no row is read
-- loses data: the rows of pgplumb.state
DROP TABLE pgplumb.state;

COMMIT;

RESET search_path;
