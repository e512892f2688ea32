-- Which of these tables ($1) refers to which other one by a foreign key, also where that is declared for the partitioned table
-- that it is part of.
SELECT DISTINCT a.oid AS refers, b.oid AS referred
FROM pg_catalog.unnest($1::oid[]) AS a (oid)
CROSS JOIN pg_catalog.unnest($1::oid[]) AS b (oid)
JOIN pg_catalog.pg_constraint AS k
    ON k.contype = 'f' AND k.conrelid = a.oid AND k.confrelid IN (b.oid, pg_catalog.pg_partition_root(b.oid))
WHERE a.oid <> b.oid
