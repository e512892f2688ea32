-- rollback-ticket (up)
-- from c4f26f78 to 2b6bd8d2, PostgreSQL 15, proven up and down, down lossless

SET search_path = public;
SET check_function_bodies = off;

-- one transaction
BEGIN;
SET LOCAL lock_timeout = '3s';

-- changed function pgplumb.note() (schema/audit.sql:54)
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
            WHEN (OLD.rolled_back_by, OLD.rolled_back_from, OLD.rollback_ticket)
                IS DISTINCT FROM (NEW.rolled_back_by, NEW.rolled_back_from, NEW.rollback_ticket) THEN 'rolling_back'
            ELSE 'changed'
        END;
    END IF;
    PERFORM pgplumb.append(happened, NEW.run, NEW.id, to_jsonb(NEW) - 'up_sql' - 'down_sql');
    RETURN NULL;
END
$function$;

-- changed comment of column pgplumb.audit.what (schema/audit.sql:7)
-- SHARE UPDATE EXCLUSIVE on pgplumb.audit: reads and writes go on
COMMENT ON COLUMN pgplumb.audit.what IS 'What happened: started, resumed, applied, failed, rolling_back, rolled_back, baselined, seeded, measured, accepted, forgotten, repaired, changed; found for what was there before the first row.';

-- new column pgplumb.history.rolled_back_by (schema/history.sql:42)
-- ACCESS EXCLUSIVE on pgplumb.history, no row is read
ALTER TABLE pgplumb.history ADD COLUMN rolled_back_by text;
COMMENT ON COLUMN pgplumb.history.rolled_back_by IS 'The role that took it back, or began to.';

-- new column pgplumb.history.rolled_back_from (schema/history.sql:43)
-- ACCESS EXCLUSIVE on pgplumb.history, no row is read
ALTER TABLE pgplumb.history ADD COLUMN rolled_back_from text;
COMMENT ON COLUMN pgplumb.history.rolled_back_from IS 'Host name of the machine that took it back.';

-- new column pgplumb.history.rollback_ticket (schema/history.sql:44)
-- ACCESS EXCLUSIVE on pgplumb.history, no row is read
ALTER TABLE pgplumb.history ADD COLUMN rollback_ticket text;
COMMENT ON COLUMN pgplumb.history.rollback_ticket IS 'Why it was taken back, as the rollback was told.';

COMMIT;

RESET search_path;
RESET check_function_bodies;
