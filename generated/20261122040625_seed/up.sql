-- seed (up)
-- from 50a06cf5 to 455dd196, PostgreSQL 15, proven up and down, down lossless

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
            ELSE 'changed'
        END;
    END IF;
    PERFORM pgplumb.append(happened, NEW.run, NEW.id, to_jsonb(NEW) - 'up_sql' - 'down_sql');
    RETURN NULL;
END
$function$;

-- changed comment of column pgplumb.audit.what (schema/audit.sql:7)
-- SHARE UPDATE EXCLUSIVE on pgplumb.audit: reads and writes go on
COMMENT ON COLUMN pgplumb.audit.what IS 'What happened: started, resumed, applied, failed, rolled_back, baselined, seeded, measured, accepted, forgotten, repaired, changed; found for what was there before the first row.';

-- new table pgplumb.seed (schema/seed.sql:3)
CREATE TABLE pgplumb.seed (
    number bigint GENERATED ALWAYS AS IDENTITY,
    name text NOT NULL,
    sha256 bytea NOT NULL,
    environment text,
    applied_by text DEFAULT SESSION_USER NOT NULL,
    applied_from text,
    tool_version text NOT NULL,
    ticket text,
    applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    duration interval,
    CONSTRAINT seed_name_check CHECK ((name <> ''::text)),
    CONSTRAINT seed_pkey PRIMARY KEY (number),
    CONSTRAINT seed_sha256_check CHECK ((length(sha256) = 32))
);
COMMENT ON TABLE pgplumb.seed IS 'Every run of a seed, written in its transaction; one that failed left nothing and has no row.';
COMMENT ON COLUMN pgplumb.seed.environment IS 'The environment that it was run for; nothing where none was named.';
COMMENT ON COLUMN pgplumb.seed.name IS 'The file, from the folder of the seeds.';
COMMENT ON COLUMN pgplumb.seed.sha256 IS 'Of the file as it was run: it runs again once it has another.';

-- new trigger pgplumb.seed.added (schema/seed.sql:21)
CREATE TRIGGER added
    AFTER INSERT OR DELETE ON pgplumb.seed
    FOR EACH ROW
    EXECUTE FUNCTION pgplumb.note();

-- new trigger pgplumb.seed.changed (schema/seed.sql:24)
CREATE TRIGGER changed
    AFTER UPDATE ON pgplumb.seed
    FOR EACH ROW
    WHEN ((old.* IS DISTINCT FROM new.*))
    EXECUTE FUNCTION pgplumb.note();

COMMIT;

RESET search_path;
RESET check_function_bodies;
