-- What belongs to the histories of other tools that were taken over: those tables, their indexes, the
-- sequences that they own, and the schema that holds nothing else. Each as a key prints itself.
WITH tables AS (
    SELECT DISTINCT c.oid, c.relkind, c.relname, c.relnamespace
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN ({tables}) AS taken (name) ON taken.name = pg_catalog.format('%I.%I', n.nspname, c.relname)
    WHERE c.relkind IN ('r', 'p')
), relations AS (
    SELECT * FROM tables
    UNION
    SELECT c.oid, c.relkind, c.relname, c.relnamespace
    FROM tables AS t
    JOIN pg_catalog.pg_depend AS d
        ON d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = t.oid
        AND d.classid = 'pg_catalog.pg_class'::regclass AND d.deptype = 'a'
    JOIN pg_catalog.pg_class AS c ON c.oid = d.objid AND c.relkind = 'S'
    UNION
    SELECT c.oid, c.relkind, c.relname, c.relnamespace
    FROM tables AS t
    JOIN pg_catalog.pg_index AS i ON i.indrelid = t.oid
    JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
)
SELECT
    pg_catalog.format(
        '%s %I.%I',
        CASE r.relkind WHEN 'S' THEN 'sequence' WHEN 'i' THEN 'index' WHEN 'I' THEN 'index' ELSE 'table' END,
        n.nspname,
        r.relname
    ) AS name
FROM relations AS r
JOIN pg_catalog.pg_namespace AS n ON n.oid = r.relnamespace
UNION ALL
SELECT pg_catalog.format('schema %I', n.nspname)
FROM pg_catalog.pg_namespace AS n
WHERE n.oid IN (SELECT t.relnamespace FROM tables AS t)
    AND n.nspname <> 'public'
    AND NOT EXISTS (
        SELECT
        FROM pg_catalog.pg_depend AS d
        WHERE d.refclassid = 'pg_catalog.pg_namespace'::regclass AND d.refobjid = n.oid
            AND NOT (d.classid = 'pg_catalog.pg_class'::regclass AND d.objid IN (SELECT r.oid FROM relations AS r))
    )
ORDER BY 1
