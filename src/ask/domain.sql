SELECT DISTINCT
    c.oid::pg_catalog.regclass::text AS table_name,
    a.attname::text AS column_name
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
WHERE a.atttypid = pg_catalog.to_regtype($1)
    AND NOT a.attisdropped
    AND c.relkind IN ('r', 'm')
ORDER BY 1, 2
