-- audit (up)
-- from 805016f7 to eec8cbe1, PostgreSQL 15, proven up and down, down lossless

SET search_path = public;
SET check_function_bodies = off;

-- one transaction
BEGIN;
SET LOCAL lock_timeout = '3s';

-- new function pgplumb.append(text, bigint, text, jsonb) (schema/audit.sql:24)
CREATE FUNCTION pgplumb.append(happened text, of_run bigint, of_id text, became jsonb)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
DECLARE
    made bigint;
    now timestamptz := clock_timestamp();
    -- What pgplumb says of itself: its version and its host.
    said text := current_setting('pgplumb.session', true);
    version text := coalesce(nullif(split_part(said, ' ', 1), ''), became ->> 'tool_version');
    host text := coalesce(nullif(substr(said, strpos(said, ' ') + 1), ''), became ->> 'applied_from', became ->> 'done_from');
BEGIN
    INSERT INTO pgplumb.audit (number, at, what, run, id, done_by, done_from, tool_version, record, hash)
    SELECT
        n.number, now, happened, of_run, of_id, session_user, host, version, became,
        sha256(coalesce(last.hash, '') || convert_to(jsonb_build_array(
            n.number, (extract(epoch FROM now) * 1000000)::bigint, happened, of_run, of_id, session_user, host, version, became
        )::text, 'UTF8'))
    FROM (VALUES (true)) AS one
    LEFT JOIN (SELECT a.number, a.hash FROM pgplumb.audit AS a ORDER BY a.number DESC LIMIT 1) AS last ON true
    CROSS JOIN LATERAL (SELECT coalesce(last.number, 0) + 1) AS n (number)
    RETURNING number INTO made;
    -- The first row comes with what was there before it.
    IF made = 1 THEN
        PERFORM pgplumb.append('found', h.run, h.id, to_jsonb(h) - 'up_sql' - 'down_sql')
        FROM (SELECT * FROM pgplumb.history WHERE run IS DISTINCT FROM of_run ORDER BY run) AS h;
    END IF;
END
$function$;

-- new function pgplumb.note() (schema/audit.sql:54)
CREATE FUNCTION pgplumb.note()
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

-- new function pgplumb.refuse() (schema/audit.sql:100)
CREATE FUNCTION pgplumb.refuse()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    RAISE EXCEPTION 'pgplumb.audit is only ever added to';
END
$function$;

-- new table pgplumb.audit (schema/audit.sql:4)
CREATE TABLE pgplumb.audit (
    number bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    what text NOT NULL,
    run bigint,
    id text NOT NULL,
    done_by text NOT NULL,
    done_from text,
    tool_version text,
    record jsonb NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT audit_hash_check CHECK ((length(hash) = 32)),
    CONSTRAINT audit_pkey PRIMARY KEY (number)
);
COMMENT ON TABLE pgplumb.audit IS 'Everything that happened to the books, oldest first; nothing here is ever changed or deleted.';
COMMENT ON COLUMN pgplumb.audit.done_from IS 'Host name of the machine that did it; nothing where pgplumb did not.';
COMMENT ON COLUMN pgplumb.audit.hash IS 'SHA-256 over the hash of the row before and the text of this one.';
COMMENT ON COLUMN pgplumb.audit.record IS 'The row of the books as it was after that, without its scripts.';
COMMENT ON COLUMN pgplumb.audit.what IS 'What happened: started, resumed, applied, failed, rolled_back, baselined, measured, accepted, forgotten, repaired, changed; found for what was there before the first row.';

-- new trigger pgplumb.audit.only_added (schema/audit.sql:108)
CREATE TRIGGER only_added
    BEFORE DELETE OR UPDATE OR TRUNCATE ON pgplumb.audit
    FOR EACH STATEMENT
    EXECUTE FUNCTION pgplumb.refuse();

-- new column pgplumb.history.plan_sha256 (schema/history.sql:40)
-- ACCESS EXCLUSIVE on pgplumb.history, no row is read
ALTER TABLE pgplumb.history ADD COLUMN plan_sha256 bytea;
COMMENT ON COLUMN pgplumb.history.plan_sha256 IS 'SHA-256 of the plan.json that it was applied with; nothing where nobody planned it.';

-- new trigger pgplumb.history.added (schema/audit.sql:91)
-- SHARE ROW EXCLUSIVE on pgplumb.history, no row is read
CREATE TRIGGER added
    AFTER INSERT OR DELETE ON pgplumb.history
    FOR EACH ROW
    EXECUTE FUNCTION pgplumb.note();

-- new trigger pgplumb.history.changed (schema/audit.sql:94)
-- SHARE ROW EXCLUSIVE on pgplumb.history, no row is read
CREATE TRIGGER changed
    AFTER UPDATE ON pgplumb.history
    FOR EACH ROW
    WHEN ((old.* IS DISTINCT FROM new.*))
    EXECUTE FUNCTION pgplumb.note();

-- new trigger pgplumb.repair.added (schema/audit.sql:97)
-- SHARE ROW EXCLUSIVE on pgplumb.repair, no row is read
CREATE TRIGGER added
    AFTER INSERT ON pgplumb.repair
    FOR EACH ROW
    EXECUTE FUNCTION pgplumb.note();

COMMIT;

RESET search_path;
RESET check_function_bodies;
