-- How large all tables are, with their indexes and TOAST tables, the largest first; but for those that somebody locks, who
-- would be waited for.
WITH locked AS (
    SELECT coalesce(i.indrelid, l.relation) AS relation
    FROM pg_catalog.pg_locks AS l
    JOIN pg_catalog.pg_database AS d ON d.oid = l.database AND d.datname = pg_catalog.current_database()
    LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = l.relation
    WHERE l.mode = 'AccessExclusiveLock' AND l.relation IS NOT NULL
), tables AS (
    SELECT
        n.nspname::text AS schema,
        pg_catalog.format('%I.%I', n.nspname, c.relname) AS relation,
        pg_catalog.pg_total_relation_size(c.oid) AS bytes
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm')
        AND n.nspname NOT IN ('information_schema', 'pgplumb', 'pgplumb_kept')
        AND n.nspname !~ '^pg_'
        AND c.oid NOT IN (SELECT locked.relation FROM locked)
)
SELECT schema, relation, bytes FROM tables WHERE bytes IS NOT NULL ORDER BY bytes DESC, relation
