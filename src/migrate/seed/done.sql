-- The last run of each seed as JSON, and whether a migration that was there at that time was rolled back since.
SELECT DISTINCT ON (s.name)
    pg_catalog.jsonb_build_object(
        'name', s.name,
        'sha256', pg_catalog.encode(s.sha256, 'hex'),
        'environment', s.environment,
        'applied_by', s.applied_by,
        'applied_from', s.applied_from,
        'applied_at', s.applied_at,
        'seconds', extract(epoch FROM s.duration),
        'ticket', s.ticket,
        'undone', EXISTS (
            SELECT FROM pgplumb.history AS h WHERE h.started_at < s.applied_at AND h.rolled_back_at > s.applied_at
        )
    )
FROM pgplumb.seed AS s
ORDER BY s.name, s.number DESC
