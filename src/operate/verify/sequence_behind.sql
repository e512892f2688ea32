-- Columns of whole numbers that a sequence fills, as serial, identity or by a default of their own: one row for each sequence
-- and column, with a query for where the sequence stands. Those that come round are left out.
SELECT DISTINCT
    sn.nspname::text AS schema,
    pg_catalog.format('%I.%I', sn.nspname, s.relname) AS sequence,
    pg_catalog.format('%I.%I', n.nspname, c.relname) AS of,
    pg_catalog.format('%I', a.attname) AS column,
    q.seqincrement > 0 AS rises,
    q.seqincrement AS step,
    EXISTS (
        SELECT FROM pg_catalog.pg_index AS i
        WHERE i.indrelid = c.oid AND i.indisunique AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum
    ) AS unique
FROM (
    SELECT d.objid AS sequence, d.refobjid AS relation, d.refobjsubid AS place
    FROM pg_catalog.pg_depend AS d
    WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
        AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
        AND d.refobjsubid > 0
        AND d.deptype IN ('a', 'i')
    UNION
    SELECT d.refobjid, f.adrelid, f.adnum
    FROM pg_catalog.pg_depend AS d
    JOIN pg_catalog.pg_attrdef AS f ON f.oid = d.objid
    WHERE d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
        AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
) AS filled
JOIN pg_catalog.pg_sequence AS q ON q.seqrelid = filled.sequence
JOIN pg_catalog.pg_class AS s ON s.oid = q.seqrelid
JOIN pg_catalog.pg_namespace AS sn ON sn.oid = s.relnamespace
JOIN pg_catalog.pg_class AS c ON c.oid = filled.relation AND c.relkind IN ('r', 'p')
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = filled.place
WHERE NOT q.seqcycle
    AND a.atttypid IN (
        'pg_catalog.int2'::pg_catalog.regtype, 'pg_catalog.int4'::pg_catalog.regtype, 'pg_catalog.int8'::pg_catalog.regtype
    )
ORDER BY 2, 3, 4
