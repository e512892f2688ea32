-- What the session with PID $1 is at, as Postgres counts it: one row, with NULL for what it does not count. $2 is the name of
-- the table that its statement works on, without its schema. Sizes are those of the catalog: to measure one would wait for the
-- lock that the session has. Counts that are not kept of a phase are zero in the views. Phases are in Postgres' own words.
WITH RECURSIVE counted AS (
    SELECT
        relid,
        phase,
        blocks_done,
        blocks_total,
        tuples_done,
        tuples_total,
        -- What was waited for last stays there.
        CASE WHEN phase LIKE 'waiting%' THEN lockers_done ELSE 0 END AS lockers_done,
        CASE WHEN phase LIKE 'waiting%' THEN lockers_total ELSE 0 END AS lockers_total,
        partitions_done,
        partitions_total,
        0::bigint AS bytes_done,
        0::bigint AS bytes_total
    FROM pg_catalog.pg_stat_progress_create_index
    WHERE pid = $1
    UNION ALL
    SELECT relid, phase, heap_blks_scanned, heap_blks_total, heap_tuples_scanned, 0, 0, 0, 0, 0, 0, 0
    FROM pg_catalog.pg_stat_progress_cluster
    WHERE pid = $1
    UNION ALL
    SELECT
        relid,
        phase,
        CASE phase WHEN 'vacuuming heap' THEN heap_blks_vacuumed ELSE heap_blks_scanned END,
        heap_blks_total,
        0, 0, 0, 0, 0, 0, 0, 0
    FROM pg_catalog.pg_stat_progress_vacuum
    WHERE pid = $1
    UNION ALL
    SELECT relid, phase, sample_blks_scanned, sample_blks_total, 0, 0, 0, 0, child_tables_done, child_tables_total, 0, 0
    FROM pg_catalog.pg_stat_progress_analyze
    WHERE pid = $1
    UNION ALL
    SELECT relid, NULL, 0, 0, tuples_processed, 0, 0, 0, 0, 0, bytes_processed, bytes_total
    FROM pg_catalog.pg_stat_progress_copy
    WHERE pid = $1
),
named AS (
    SELECT pg_catalog.min(c.oid) AS oid
    FROM pg_catalog.pg_locks AS l
    JOIN pg_catalog.pg_class AS c ON c.oid = l.relation
    WHERE l.pid = $1
        AND l.locktype = 'relation'
        AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
        AND c.relname = $2::text
    -- Of two that are called the same nobody knows which it is.
    HAVING pg_catalog.count(DISTINCT c.oid) = 1
),
whole AS (
    SELECT coalesce((SELECT nullif(relid, 0) FROM counted), (SELECT oid FROM named)) AS oid
),
part AS (
    SELECT oid FROM whole
    UNION
    SELECT i.inhrelid FROM part JOIN pg_catalog.pg_inherits AS i ON i.inhparent = part.oid
),
-- Pages of what nobody has looked at yet are not known.
size AS (
    SELECT pg_catalog.sum(greatest(c.relpages, 0))::bigint * pg_catalog.current_setting('block_size')::bigint AS bytes
    FROM part
    JOIN pg_catalog.pg_class AS c USING (oid)
)
SELECT
    (
        SELECT pg_catalog.format('%I.%I', n.nspname, c.relname)
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.oid = whole.oid
    ) AS relation,
    nullif(size.bytes, 0) AS size,
    counted.phase,
    counted.blocks_done,
    counted.blocks_total,
    counted.tuples_done,
    counted.tuples_total,
    counted.lockers_done,
    counted.lockers_total,
    counted.partitions_done,
    counted.partitions_total,
    counted.bytes_done,
    counted.bytes_total
FROM whole
CROSS JOIN size
LEFT JOIN counted ON true
LIMIT 1
