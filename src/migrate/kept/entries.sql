-- All that was ever kept, as JSON, with the size of what is still there.
SELECT
    pg_catalog.to_jsonb(m) || pg_catalog.jsonb_build_object(
        'kept_at', pg_catalog.to_char(m.kept_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        'settled_at', pg_catalog.to_char(m.settled_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        'bytes', pg_catalog.pg_total_relation_size(pg_catalog.to_regclass('pgplumb_kept.' || pg_catalog.quote_ident(m.copy)))
    )
FROM pgplumb_kept.manifest AS m
ORDER BY m.id
