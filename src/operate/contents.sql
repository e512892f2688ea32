-- What of a database somebody made, the first few by name: nothing in an empty one. What belongs to an extension counts as
-- the extension.
SELECT what
FROM (
    SELECT 'extension ' || e.extname AS what
    FROM pg_catalog.pg_extension AS e
    WHERE e.extname <> 'plpgsql'
    UNION ALL
    SELECT 'schema ' || n.nspname
    FROM pg_catalog.pg_namespace AS n
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'public', 'pg_toast')
        AND n.nspname NOT LIKE 'pg\_temp%'
        AND n.nspname NOT LIKE 'pg\_toast\_temp%'
    UNION ALL
    SELECT c.relname::text
    FROM pg_catalog.pg_class AS c
    WHERE c.relnamespace = pg_catalog.to_regnamespace('public') AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    UNION ALL
    SELECT p.proname || '()'
    FROM pg_catalog.pg_proc AS p
    WHERE p.pronamespace = pg_catalog.to_regnamespace('public')
    UNION ALL
    SELECT 'type ' || t.typname
    FROM pg_catalog.pg_type AS t
    WHERE t.typnamespace = pg_catalog.to_regnamespace('public') AND t.typtype IN ('d', 'e', 'r')
) AS made
ORDER BY what
LIMIT 3
