-- The tables that rows can be copied from: ordinary ones and partitioned ones as a whole. Columns in their order, without generated
-- ones; the primary key in the order of its index. Partitions and what belongs to an extension are left out.
SELECT
    n.nspname::text AS schema,
    c.relname::text AS name,
    c.relkind = 'p' AS partitioned,
    coalesce(
        (
            SELECT pg_catalog.jsonb_agg(
                pg_catalog.jsonb_build_object(
                    'name', a.attname,
                    'kind', pg_catalog.format_type(CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE a.atttypid END, NULL),
                    'generated', a.attgenerated <> '',
                    'identity', a.attidentity = 'a'
                )
                ORDER BY a.attnum
            )
            FROM pg_catalog.pg_attribute AS a
            JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        ),
        '[]'
    ) AS columns,
    coalesce(
        (
            SELECT pg_catalog.jsonb_agg(a.attname ORDER BY k.place)
            FROM pg_catalog.pg_index AS i
            CROSS JOIN LATERAL pg_catalog.unnest(i.indkey::smallint[]) WITH ORDINALITY AS k (number, place)
            JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.number
            WHERE i.indrelid = c.oid AND i.indisprimary AND k.place <= i.indnkeyatts
        ),
        '[]'
    ) AS key
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p')
    AND NOT c.relispartition
    AND c.relpersistence <> 't'
    AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pgplumb')
    AND n.nspname NOT LIKE 'pg\_toast%'
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e'
    )
ORDER BY 1, 2
