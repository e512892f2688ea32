-- rollback-ticket (down)
-- from 2b6bd8d2 to c4f26f78, PostgreSQL 15, proven up and down, down lossless

SET search_path = public;
SET check_function_bodies = off;

-- one transaction
BEGIN;
SET LOCAL lock_timeout = '3s';

-- dropped column pgplumb.history.rolled_back_by
-- ACCESS EXCLUSIVE on pgplumb.history, no row is read
-- loses data: the values of column pgplumb.history.rolled_back_by
ALTER TABLE pgplumb.history DROP COLUMN rolled_back_by;

-- dropped column pgplumb.history.rolled_back_from
-- ACCESS EXCLUSIVE on pgplumb.history, no row is read
-- loses data: the values of column pgplumb.history.rolled_back_from
ALTER TABLE pgplumb.history DROP COLUMN rolled_back_from;

-- dropped column pgplumb.history.rollback_ticket
-- ACCESS EXCLUSIVE on pgplumb.history, no row is read
-- loses data: the values of column pgplumb.history.rollback_ticket
ALTER TABLE pgplumb.history DROP COLUMN rollback_ticket;

-- changed function pgplumb.note()
CREATE OR REPLACE FUNCTION pgplumb.note()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET "TimeZone" TO 'UTC'
 SET bytea_output TO 'hex'
 SET "IntervalStyle" TO 'postgres'
AS $function$
DECLARE
    happened text;
BEGIN
    IF TG_RELID = 'pgplumb.repair'::regclass THEN
        PERFORM pgplumb.append('repaired', NULL, NEW.id, to_jsonb(NEW));
        RETURN NULL;
    ELSIF TG_RELID = 'pgplumb.seed'::regclass THEN
        happened := CASE TG_OP WHEN 'INSERT' THEN 'seeded' WHEN 'DELETE' THEN 'forgotten' ELSE 'changed' END;
        IF TG_OP = 'UPDATE' AND OLD.number <> NEW.number THEN
            RAISE EXCEPTION 'a run of a seed keeps its number';
        END IF;
        IF TG_OP = 'DELETE' THEN
            PERFORM pgplumb.append(happened, NULL, OLD.name, to_jsonb(OLD));
        ELSE
            PERFORM pgplumb.append(happened, NULL, NEW.name, to_jsonb(NEW));
        END IF;
        RETURN NULL;
    ELSIF TG_RELID <> 'pgplumb.history'::regclass THEN
        RAISE EXCEPTION 'only the books are written down in pgplumb.audit';
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM pgplumb.append('forgotten', OLD.run, OLD.id, to_jsonb(OLD) - 'up_sql' - 'down_sql');
        RETURN NULL;
    ELSIF TG_OP = 'INSERT' THEN
        happened := CASE NEW.kind WHEN 'baseline' THEN 'baselined' ELSE NEW.outcome::text END;
    ELSIF OLD.run <> NEW.run OR OLD.id <> NEW.id THEN
        RAISE EXCEPTION 'a run keeps its number and its migration';
    ELSE
        happened := CASE
            WHEN NEW.outcome = 'started' THEN 'resumed'
            WHEN OLD.outcome <> NEW.outcome THEN NEW.outcome::text
            WHEN (OLD.up_sha256, OLD.down_sha256) IS DISTINCT FROM (NEW.up_sha256, NEW.down_sha256) THEN 'accepted'
            WHEN OLD.to_fingerprint IS DISTINCT FROM NEW.to_fingerprint THEN 'measured'
            WHEN OLD.error IS DISTINCT FROM NEW.error AND NEW.error IS NOT NULL THEN 'failed'
            ELSE 'changed'
        END;
    END IF;
    PERFORM pgplumb.append(happened, NEW.run, NEW.id, to_jsonb(NEW) - 'up_sql' - 'down_sql');
    RETURN NULL;
END
$function$;

-- changed comment of column pgplumb.audit.what
-- SHARE UPDATE EXCLUSIVE on pgplumb.audit: reads and writes go on
COMMENT ON COLUMN pgplumb.audit.what IS 'What happened: started, resumed, applied, failed, rolled_back, baselined, seeded, measured, accepted, forgotten, repaired, changed; found for what was there before the first row.';

COMMIT;

RESET search_path;
RESET check_function_bodies;
