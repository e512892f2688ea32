-- All runs as JSON, oldest first. Goes through to_jsonb so that books of an older version can be read too.
SELECT
    pg_catalog.jsonb_build_object(
        'run', h.run,
        'id', h.id,
        'name', h.name,
        'kind', h.kind,
        'outcome', h.outcome,
        'up_sha256', pg_catalog.encode(h.up_sha256, 'hex'),
        'to_fingerprint', pg_catalog.encode(h.to_fingerprint, 'hex'),
        'up_sql', h.up_sql,
        'down_sql', h.down_sql,
        'error', h.error,
        'applied_by', h.applied_by,
        'applied_from', h.applied_from,
        'tool_version', h.tool_version,
        'ticket', h.ticket,
        'started_at', h.started_at,
        'seconds', extract(epoch FROM h.duration),
        'rolled_back_at', h.rolled_back_at,
        'rolled_back_by', pg_catalog.to_jsonb(h) -> 'rolled_back_by',
        'rolled_back_from', pg_catalog.to_jsonb(h) -> 'rolled_back_from',
        'rollback_ticket', pg_catalog.to_jsonb(h) -> 'rollback_ticket',
        'down_grade', pg_catalog.to_jsonb(h) -> 'down_grade',
        'losses', coalesce(nullif(pg_catalog.to_jsonb(h) -> 'losses', 'null'), '[]'),
        'release', pg_catalog.to_jsonb(h) -> 'release',
        'plan_sha256', pg_catalog.encode((pg_catalog.to_jsonb(h) ->> 'plan_sha256')::bytea, 'hex'),
        'origin', pg_catalog.to_jsonb(h) -> 'origin',
        'age', extract(epoch FROM pg_catalog.clock_timestamp() - (h.started_at + coalesce(h.duration, '0'))),
        'progressed', EXISTS (SELECT FROM pgplumb.journal AS j WHERE j.run = h.run AND j.forward),
        'turned', EXISTS (SELECT FROM pgplumb.journal AS j WHERE j.run = h.run AND NOT j.forward)
    )
FROM pgplumb.history AS h
ORDER BY h.run
