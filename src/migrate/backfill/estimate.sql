-- About how many rows table $1 and its children have.
WITH RECURSIVE tree AS (
    SELECT pg_catalog.to_regclass($1)::oid AS oid
    UNION ALL
    SELECT i.inhrelid FROM pg_catalog.pg_inherits AS i JOIN tree ON i.inhparent = tree.oid
)
SELECT sum(greatest(c.reltuples, 0))::bigint
FROM tree
JOIN pg_catalog.pg_class AS c USING (oid)
