-- Indexes that no query has used since the statistics began, and that vouch for nothing: one row for each. What belongs to an
-- index of a partitioned table cannot be dropped by itself. The statistics may be as old as the database; then there is no time.
SELECT
    n.nspname::text AS schema,
    pg_catalog.format('%I.%I', n.nspname, x.relname) AS object,
    pg_catalog.format('%I.%I', n.nspname, c.relname) AS of,
    pg_catalog.pg_relation_size(x.oid) AS size,
    pg_catalog.to_char(d.stats_reset AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS since,
    pg_catalog.date_part('epoch', pg_catalog.now() - d.stats_reset) AS seconds
FROM pg_catalog.pg_stat_user_indexes AS s
JOIN pg_catalog.pg_index AS i ON i.indexrelid = s.indexrelid
JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_class AS c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_stat_database AS d ON d.datname = pg_catalog.current_database()
WHERE s.idx_scan = 0
    AND NOT i.indisunique
    AND NOT i.indisexclusion
    AND NOT i.indisreplident
    AND i.indisvalid
    AND NOT x.relispartition
    AND c.relkind IN ('r', 'm')
ORDER BY 4 DESC, 2
