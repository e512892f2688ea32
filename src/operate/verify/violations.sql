-- Conditions on rows that do not hold for every row for sure: those that are NOT VALID, and those that call a function, which
-- may have changed since. One row for each; a NOT NULL constraint (18) is a condition too.
SELECT
    n.nspname::text AS schema,
    pg_catalog.format('%I.%I', n.nspname, c.relname) AS object,
    CASE WHEN c.relkind = 'p' THEN '' ELSE 'ONLY ' END || pg_catalog.format('%I.%I', n.nspname, c.relname) AS source,
    pg_catalog.format('%I', k.conname) AS name,
    CASE
        WHEN k.contype = 'c' THEN pg_catalog.pg_get_expr(k.conbin, k.conrelid)
        ELSE pg_catalog.format('%I IS NOT NULL', a.attname)
    END AS condition
FROM pg_catalog.pg_constraint AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1] AND k.contype = 'n'
WHERE k.contype IN ('c', 'n')
    AND c.relkind IN ('r', 'p')
    AND NOT (c.relispartition AND k.coninhcount > 0)
    AND NOT (c.relkind = 'p' AND k.connoinherit)
    AND pg_catalog.to_jsonb(k) ->> 'conenforced' IS DISTINCT FROM 'false'
    AND (
        NOT k.convalidated
        OR EXISTS (
            SELECT FROM pg_catalog.pg_depend AS d
            WHERE d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass
                AND d.objid = k.oid
                AND d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass
        )
    )
ORDER BY 2, 4
