-- The books at a glance: the state after the last run, and all runs as JSON, oldest first, as records.sql has them. The
-- scripts are left out, but for those that speak of the books and are none of $1, our own.
SELECT
    (SELECT pg_catalog.encode(s.fingerprint, 'hex') FROM pgplumb.state AS s) AS fingerprint,
    (
        SELECT
            coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                'run', h.run,
                'id', h.id,
                'name', h.name,
                'kind', h.kind,
                'outcome', h.outcome,
                'up_sha256', pg_catalog.encode(h.up_sha256, 'hex'),
                'to_fingerprint', pg_catalog.encode(h.to_fingerprint, 'hex'),
                'up_sql', CASE
                    WHEN h.id <> ALL ($1::text[]) AND pg_catalog.strpos(h.up_sql, 'TABLE pgplumb.') > 0 THEN h.up_sql
                    ELSE ''
                END,
                'error', h.error,
                'applied_by', h.applied_by,
                'applied_from', h.applied_from,
                'tool_version', h.tool_version,
                'ticket', h.ticket,
                'started_at', h.started_at,
                'seconds', extract(epoch FROM h.duration),
                'rolled_back_at', h.rolled_back_at,
                'losses', '[]'::pg_catalog.jsonb,
                'release', pg_catalog.to_jsonb(h) -> 'release',
                'age', extract(epoch FROM pg_catalog.clock_timestamp() - (h.started_at + coalesce(h.duration, '0'))),
                'progressed', EXISTS (SELECT FROM pgplumb.journal AS j WHERE j.run = h.run AND j.forward),
                'turned', EXISTS (SELECT FROM pgplumb.journal AS j WHERE j.run = h.run AND NOT j.forward)
            ) ORDER BY h.run), '[]')
        FROM pgplumb.history AS h
    ) AS records
