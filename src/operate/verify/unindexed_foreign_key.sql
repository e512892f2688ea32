-- Foreign keys for which there is no index whose first columns are those of the key, in whatever order: one row for each, with
-- how large the table is. A partial index is none, as a DELETE of a parent looks at all rows.
SELECT
    n.nspname::text AS schema,
    pg_catalog.format('%I.%I', n.nspname, c.relname) AS object,
    pg_catalog.format('%I', k.conname) AS name,
    c.relkind = 'p' AS partitioned,
    (
        SELECT pg_catalog.string_agg(pg_catalog.format('%I', a.attname), ', ' ORDER BY u.place)
        FROM unnest(k.conkey) WITH ORDINALITY AS u (number, place)
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = u.number
    ) AS columns,
    coalesce(
        (SELECT sum(pg_catalog.pg_table_size(t.relid)) FROM pg_catalog.pg_partition_tree(c.oid) AS t),
        pg_catalog.pg_table_size(c.oid)
    )::bigint AS bytes
FROM pg_catalog.pg_constraint AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE k.contype = 'f'
    AND k.conparentid = 0
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_index AS i
        WHERE i.indrelid = k.conrelid
            AND i.indisvalid
            AND i.indpred IS NULL
            AND i.indnkeyatts >= pg_catalog.cardinality(k.conkey)
            AND k.conkey <@ (i.indkey::pg_catalog.int2[])[0:pg_catalog.cardinality(k.conkey) - 1]
    )
ORDER BY 2, 3
