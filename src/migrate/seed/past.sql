-- Every run of a seed as JSON, oldest first.
SELECT
    pg_catalog.jsonb_build_object(
        'number', s.number,
        'name', s.name,
        'sha256', pg_catalog.encode(s.sha256, 'hex'),
        'environment', s.environment,
        'applied_by', s.applied_by,
        'applied_from', s.applied_from,
        'tool_version', s.tool_version,
        'ticket', s.ticket,
        'applied_at', s.applied_at,
        'seconds', extract(epoch FROM s.duration)
    )
FROM pgplumb.seed AS s
ORDER BY s.number
