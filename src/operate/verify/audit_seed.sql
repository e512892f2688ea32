-- The runs of seeds that are not as their last entry in the audit says; {seeds} is the table, or none.
WITH last AS (
    SELECT DISTINCT ON (number) (a.record ->> 'number')::bigint AS number, a.id, a.what, a.record
    FROM pgplumb.audit AS a
    -- Of no run of a migration, and with what only a seed has.
    WHERE a.run IS NULL AND a.record ? 'environment'
    ORDER BY number, a.number DESC
), seeds AS (
    SELECT
        coalesce(s.number, l.number) AS number,
        pg_catalog.format('run %s of the seed %s', coalesce(s.number, l.number), coalesce(s.name, l.id)) AS object,
        s.number IS NOT NULL AS there,
        l.number IS NOT NULL AND l.what <> 'forgotten' AS noted,
        ARRAY(
            SELECT one.key
            FROM pg_catalog.jsonb_each(l.record) AS one (key, value)
            WHERE one.value IS DISTINCT FROM pg_catalog.to_jsonb(s) -> one.key
            ORDER BY one.key
        ) AS columns,
        '{}'::text[] AS scripts
    FROM {seeds} AS s
    FULL JOIN last AS l ON l.number = s.number
    WHERE s.number IS NOT NULL OR l.what <> 'forgotten'
)
SELECT * FROM seeds WHERE NOT there OR NOT noted OR columns <> '{}' ORDER BY number
