-- What happened to the books, one row for each change of them. Triggers write it, so that it is whole whichever version of
-- pgplumb changed the books, and whoever did by hand. `pgplumb verify --audit` walks the chain.

CREATE TABLE pgplumb.audit (
    number bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    what text NOT NULL,
    run bigint,
    id text NOT NULL,
    done_by text NOT NULL,
    done_from text,
    tool_version text,
    record jsonb NOT NULL,
    hash bytea NOT NULL CHECK (length(hash) = 32)
);

COMMENT ON TABLE pgplumb.audit IS 'Everything that happened to the books, oldest first; nothing here is ever changed or deleted.';
COMMENT ON COLUMN pgplumb.audit.what IS 'What happened: started, resumed, applied, failed, rolling_back, rolled_back, baselined, seeded, measured, accepted, forgotten, repaired, changed; found for what was there before the first row.';
COMMENT ON COLUMN pgplumb.audit.done_from IS 'Host name of the machine that did it; nothing where pgplumb did not.';
COMMENT ON COLUMN pgplumb.audit.record IS 'The row of the books as it was after that, without its scripts.';
COMMENT ON COLUMN pgplumb.audit.hash IS 'SHA-256 over the hash of the row before and the text of this one.';

-- Adds a row to the chain. The key sees to it that of two at once one waits for the other and then fails.
CREATE FUNCTION pgplumb.append(happened text, of_run bigint, of_id text, became jsonb) RETURNS void
LANGUAGE plpgsql
AS $$
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
$$;

-- As its owner, so that who keeps the books needs no right to write here. The settings are those that texts depend on.
CREATE FUNCTION pgplumb.note() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
SET bytea_output = 'hex'
SET intervalstyle = 'postgres'
AS $$
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
$$;

CREATE TRIGGER added AFTER INSERT OR DELETE ON pgplumb.history
    FOR EACH ROW EXECUTE FUNCTION pgplumb.note();

CREATE TRIGGER changed AFTER UPDATE ON pgplumb.history
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION pgplumb.note();

CREATE TRIGGER added AFTER INSERT ON pgplumb.repair
    FOR EACH ROW EXECUTE FUNCTION pgplumb.note();

CREATE FUNCTION pgplumb.refuse() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'pgplumb.audit is only ever added to';
END
$$;

CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON pgplumb.audit
    FOR EACH STATEMENT EXECUTE FUNCTION pgplumb.refuse();
