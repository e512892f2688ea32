-- What holds rows or positions of its own: tables, but not partitioned ones, and sequences, with the numbers and names of the
-- columns whose values are stored.
SELECT
    c.oid,
    n.nspname::text AS schema,
    c.relname::text AS name,
    c.relkind = 'S' AS sequence,
    coalesce(columns.numbers, '{}') AS numbers,
    coalesce(columns.names, '{}') AS names
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN LATERAL (
    SELECT
        pg_catalog.array_agg(a.attnum ORDER BY a.attnum) AS numbers,
        pg_catalog.array_agg(a.attname::text ORDER BY a.attnum) AS names
    FROM pg_catalog.pg_attribute AS a
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND c.relkind = 'r'
) AS columns ON true
WHERE c.relkind IN ('r', 'S')
    AND c.relpersistence <> 't'
    AND n.nspname NOT IN ('information_schema', 'pgplumb', 'pgplumb_kept')
    AND n.nspname !~ '^pg_'
