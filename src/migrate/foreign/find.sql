-- The tables that have one of the names $1, the one that is named by $2, and what stands beside that under the names $3,
-- in which {} is its name: a JSON object for each.
WITH asked AS (
    SELECT c.oid, c.relname, c.relnamespace
    FROM pg_catalog.pg_class AS c
    WHERE c.oid = pg_catalog.to_regclass($2::text)
)
SELECT
    pg_catalog.jsonb_build_object(
        'schema', n.nspname,
        'name', c.relname,
        'sql', pg_catalog.format('%I.%I', n.nspname, c.relname),
        'asked', asked.oid IS NOT DISTINCT FROM c.oid,
        'columns', coalesce(
            (
                SELECT pg_catalog.jsonb_object_agg(a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod))
                FROM pg_catalog.pg_attribute AS a
                WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            ),
            '{}'
        )
    )
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN asked ON true
WHERE c.relkind IN ('r', 'p')
    AND n.nspname NOT IN ('information_schema', 'pgplumb')
    AND n.nspname !~ '^pg_'
    AND (
        c.relname = ANY ($1::text[])
        OR c.oid = asked.oid
        OR c.relnamespace = asked.relnamespace
        AND c.relname IN (SELECT pg_catalog.replace(b.name, '{}', asked.relname) FROM pg_catalog.unnest($3::text[]) AS b (name))
    )
ORDER BY n.nspname, c.relname
