-- Which seeds were run: files of rows that an environment begins with. The rows themselves are not kept here.

CREATE TABLE pgplumb.seed (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL CHECK (name <> ''),
    sha256 bytea NOT NULL CHECK (length(sha256) = 32),
    environment text,
    applied_by text NOT NULL DEFAULT session_user,
    applied_from text,
    tool_version text NOT NULL,
    ticket text,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    duration interval
);

COMMENT ON TABLE pgplumb.seed IS 'Every run of a seed, written in its transaction; one that failed left nothing and has no row.';
COMMENT ON COLUMN pgplumb.seed.name IS 'The file, from the folder of the seeds.';
COMMENT ON COLUMN pgplumb.seed.sha256 IS 'Of the file as it was run: it runs again once it has another.';
COMMENT ON COLUMN pgplumb.seed.environment IS 'The environment that it was run for; nothing where none was named.';

CREATE TRIGGER added AFTER INSERT OR DELETE ON pgplumb.seed
    FOR EACH ROW EXECUTE FUNCTION pgplumb.note();

CREATE TRIGGER changed AFTER UPDATE ON pgplumb.seed
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION pgplumb.note();
