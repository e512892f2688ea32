-- Constraints that hold for new rows only, on tables and on domains: one row for each, without those that come with the one
-- of a parent. What is not enforced at all (18) is what somebody asked for.
SELECT
    n.nspname::text AS schema,
    pg_catalog.format('%I.%I', n.nspname, coalesce(c.relname, t.typname)) AS object,
    CASE WHEN c.oid IS NULL THEN 'DOMAIN' ELSE 'TABLE' END AS kind,
    pg_catalog.format('%I', k.conname) AS name
FROM pg_catalog.pg_constraint AS k
JOIN pg_catalog.pg_namespace AS n ON n.oid = k.connamespace
LEFT JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
LEFT JOIN pg_catalog.pg_type AS t ON t.oid = k.contypid
WHERE NOT k.convalidated
    AND k.conparentid = 0
    AND (k.conislocal OR k.coninhcount = 0)
    AND pg_catalog.to_jsonb(k) ->> 'conenforced' IS DISTINCT FROM 'false'
ORDER BY 2, 4
