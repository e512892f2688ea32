-- The rows of the books that are not as their last entry in the audit says, or whose scripts do not have their hashes.
WITH last AS (
    SELECT DISTINCT ON (a.run) a.run, a.id, a.what, a.record
    FROM pgplumb.audit AS a
    WHERE a.run IS NOT NULL
    ORDER BY a.run, a.number DESC
), runs AS (
    SELECT
        coalesce(h.run, l.run) AS number,
        pg_catalog.format('run %s of %s', coalesce(h.run, l.run), coalesce(h.id, l.id)) AS object,
        h.run IS NOT NULL AS there,
        l.run IS NOT NULL AND l.what <> 'forgotten' AS noted,
        coalesce(
            (
                SELECT pg_catalog.array_agg(one.key ORDER BY one.key)
                FROM pg_catalog.jsonb_each(l.record) AS one (key, value)
                WHERE one.value IS DISTINCT FROM pg_catalog.to_jsonb(h) -> one.key
            ),
            '{}'
        ) AS columns,
        pg_catalog.array_remove(
            ARRAY[
                CASE WHEN pg_catalog.sha256(pg_catalog.convert_to(h.up_sql, 'UTF8')) <> h.up_sha256 THEN 'up_sql' END,
                CASE
                    WHEN pg_catalog.sha256(pg_catalog.convert_to(h.down_sql, 'UTF8')) IS DISTINCT FROM h.down_sha256
                    THEN 'down_sql'
                END
            ],
            NULL
        ) AS scripts
    FROM pgplumb.history AS h
    FULL JOIN last AS l ON l.run = h.run
    WHERE h.run IS NOT NULL OR l.what <> 'forgotten'
), repairs AS (
    SELECT
        (a.record ->> 'number')::bigint AS number,
        pg_catalog.format('correction %s of %s', a.record ->> 'number', a.id) AS object,
        r.number IS NOT NULL AS there,
        true AS noted,
        ARRAY(
            SELECT one.key
            FROM pg_catalog.jsonb_each(a.record) AS one (key, value)
            WHERE one.value IS DISTINCT FROM pg_catalog.to_jsonb(r) -> one.key
            ORDER BY one.key
        ) AS columns,
        '{}'::text[] AS scripts
    FROM pgplumb.audit AS a
    LEFT JOIN pgplumb.repair AS r ON r.number = (a.record ->> 'number')::bigint
    WHERE a.what = 'repaired'
)
SELECT 1 AS part, * FROM runs WHERE NOT there OR NOT noted OR columns <> '{}' OR scripts <> '{}'
UNION ALL
SELECT 2, * FROM repairs WHERE NOT there OR columns <> '{}'
ORDER BY 1, 2
