-- What a name stands for, with what goes along: a table ($1) with its partitions, or a column ($2) of these, or all of a
-- schema ($3); and the sequences that belong to them. The number is 0 for what is no column.
WITH RECURSIVE tree AS (
    SELECT pg_catalog.to_regclass($1::text)::oid AS oid
    UNION
    SELECT c.oid
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = $3::text AND c.relkind IN ('r', 'S')
    UNION
    SELECT i.inhrelid FROM pg_catalog.pg_inherits AS i JOIN tree ON i.inhparent = tree.oid
), things AS (
    SELECT tree.oid, 0::smallint AS number FROM tree WHERE tree.oid IS NOT NULL AND $2::text IS NULL
    UNION ALL
    SELECT a.attrelid, a.attnum
    FROM tree
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = tree.oid AND a.attname = $2::text AND NOT a.attisdropped
)
SELECT oid, number FROM things
UNION
SELECT s.oid, 0::smallint
FROM things
JOIN pg_catalog.pg_depend AS d
    ON d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = things.oid
    AND (things.number = 0 OR d.refobjsubid = things.number)
    AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype IN ('a', 'i')
JOIN pg_catalog.pg_class AS s ON s.oid = d.objid AND s.relkind = 'S'
ORDER BY 1, 2
