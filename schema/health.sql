-- What `pgplumb health` shows, for a dashboard that reads SQL, with the limits that it has by itself. What a role may not see
-- has no value. Which migrations are due only their files can tell.

CREATE VIEW pgplumb.health AS
WITH sessions AS (
    SELECT
        count(*) FILTER (WHERE coalesce(a.backend_type, 'client backend') = 'client backend') AS used,
        current_setting('max_connections')::bigint AS most,
        count(*) FILTER (WHERE a.backend_type IS NULL AND a.datname = current_database()) AS hidden,
        coalesce(
            max(extract(epoch FROM clock_timestamp() - a.query_start)) FILTER (
                WHERE a.state = 'active' AND a.datname = current_database() AND a.backend_type = 'client backend'
            ),
            0
        )::double precision AS query,
        coalesce(
            max(extract(epoch FROM clock_timestamp() - a.state_change)) FILTER (
                WHERE a.state LIKE 'idle in transaction%' AND a.datname = current_database()
            ),
            0
        )::double precision AS idle
    FROM pg_stat_activity AS a
    WHERE a.pid <> pg_backend_pid()
), runs AS (
    SELECT DISTINCT ON (h.id)
        h.id,
        h.outcome IN ('started', 'failed')
            OR h.outcome = 'applied' AND EXISTS (SELECT FROM pgplumb.journal AS j WHERE j.run = h.run AND NOT j.forward) AS failed
    FROM pgplumb.history AS h
    ORDER BY h.id, h.run DESC
), failed AS (
    SELECT count(*) AS count FROM runs WHERE runs.failed
), database AS (
    SELECT pg_database_size(d.datname) AS size, d.blks_hit AS hits, d.blks_hit + d.blks_read AS blocks, d.deadlocks
    FROM pg_stat_database AS d
    WHERE d.datname = current_database()
), standbys AS (
    SELECT
        count(*) AS count,
        count(*) FILTER (WHERE r.state IS NULL) AS hidden,
        coalesce(max(extract(epoch FROM r.replay_lag)), 0)::double precision AS lag
    FROM pg_stat_replication AS r
), locked AS (
    -- Who asks how large a table is waits for who locks it.
    SELECT coalesce(i.indrelid, l.relation) AS relation
    FROM pg_locks AS l
    JOIN pg_database AS d ON d.oid = l.database AND d.datname = current_database()
    LEFT JOIN pg_index AS i ON i.indexrelid = l.relation
    WHERE l.mode = 'AccessExclusiveLock' AND l.relation IS NOT NULL
), tables AS (
    SELECT format('%I.%I', n.nspname, c.relname) AS relation, pg_total_relation_size(c.oid) AS bytes
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm')
        AND n.nspname NOT IN ('information_schema', 'pgplumb')
        AND n.nspname !~ '^pg_'
        AND c.oid NOT IN (SELECT locked.relation FROM locked)
), largest AS (
    SELECT t.relation, t.bytes FROM tables AS t WHERE t.bytes IS NOT NULL ORDER BY t.bytes DESC, t.relation LIMIT 1
), report AS (
    -- The newest that is a day old, or the oldest that there is.
    SELECT coalesce(max(s.at) FILTER (WHERE s.at <= clock_timestamp() - interval '1 day'), min(s.at)) AS at
    FROM pgplumb.size AS s
), growth AS (
    SELECT t.relation, (t.bytes - s.bytes) / greatest(s.bytes, 1)::double precision AS ratio
    FROM report
    JOIN pgplumb.size AS s ON s.at = report.at
    JOIN tables AS t ON t.relation = s.relation
    WHERE t.bytes >= 8388608
    ORDER BY 2 DESC, 1
    LIMIT 1
), waits AS (
    SELECT
        count(DISTINCT l.pid) AS waiters,
        coalesce(max(extract(epoch FROM clock_timestamp() - l.waitstart)), 0)::double precision AS longest
    FROM pg_locks AS l
    WHERE NOT l.granted
)
SELECT
    m.area,
    m.name,
    m.what,
    m.value,
    CASE
        WHEN m.judged > m.critical THEN 'critical'
        WHEN m.judged > m.warning THEN 'warning'
        ELSE 'info'
    END AS level,
    m.message
FROM sessions
CROSS JOIN failed
CROSS JOIN database
CROSS JOIN standbys
CROSS JOIN report
CROSS JOIN waits
LEFT JOIN largest ON true
LEFT JOIN growth ON true
CROSS JOIN LATERAL (
    VALUES
        (
            1, 'connections', 'connections_used_ratio', 'sessions of all databases, of those that the server allows',
            sessions.used / sessions.most::double precision, sessions.used / sessions.most::double precision, 0.6, 0.8,
            format('%s of %s', sessions.used, sessions.most)
        ),
        (
            2, 'connections', 'longest_query_seconds', 'the statement that runs for longest',
            CASE WHEN sessions.hidden = 0 OR sessions.query > 0 THEN sessions.query END, sessions.query, 300, 3000,
            CASE
                WHEN sessions.hidden = 0 OR sessions.query > 0 THEN format('%s s', round(sessions.query))
                ELSE format('%s sessions cannot be seen', sessions.hidden)
            END
        ),
        (
            3, 'connections', 'longest_idle_in_transaction_seconds', 'the transaction that nobody goes on with for longest',
            CASE WHEN sessions.hidden = 0 OR sessions.idle > 0 THEN sessions.idle END, sessions.idle, 300, 3000,
            CASE
                WHEN sessions.hidden = 0 OR sessions.idle > 0 THEN format('%s s', round(sessions.idle))
                ELSE format('%s sessions cannot be seen', sessions.hidden)
            END
        ),
        (
            4, 'migrations', 'migrations_failed', 'migrations that failed, or were cut off',
            failed.count, failed.count, NULL, 0, failed.count::text
        ),
        (
            5, 'performance', 'database_bytes', 'how large the database is',
            database.size, NULL, NULL, NULL, pg_size_pretty(database.size)
        ),
        (
            6, 'performance', 'cache_hit_ratio', 'blocks that were in memory, of those that were read',
            CASE WHEN database.blocks >= 10000 THEN database.hits / database.blocks::double precision END,
            CASE WHEN database.blocks >= 10000 THEN 1 - database.hits / database.blocks::double precision END, 0.1, NULL,
            CASE
                WHEN database.blocks >= 10000 THEN format('%s %%', round(database.hits * 100.0 / database.blocks, 1))
                ELSE 'too little was read to say'
            END
        ),
        (
            7, 'performance', 'deadlocks', 'deadlocks since the server began to count',
            database.deadlocks, NULL, NULL, NULL, database.deadlocks::text
        ),
        (
            8, 'performance', 'replication_lag_seconds', 'the standby that is furthest behind',
            CASE WHEN standbys.count > 0 AND standbys.hidden = 0 THEN standbys.lag END,
            CASE WHEN standbys.hidden = 0 THEN standbys.lag END, 30, 300,
            CASE
                WHEN standbys.count = 0 THEN 'there is no standby'
                WHEN standbys.hidden = 0 THEN format('%s s', round(standbys.lag::numeric, 1))
                ELSE 'standbys cannot be seen'
            END
        ),
        (
            9, 'performance', 'largest_table_bytes', 'how large the largest table is, with its indexes',
            largest.bytes, NULL, NULL, NULL,
            CASE
                WHEN largest.bytes IS NULL THEN 'there is no table'
                ELSE format('%s, %s', largest.relation, pg_size_pretty(largest.bytes))
            END
        ),
        (
            10, 'performance', 'table_growth_ratio', 'the large table that grew most since an earlier report',
            growth.ratio, growth.ratio, 0.5, NULL,
            CASE
                WHEN report.at IS NULL THEN 'there is no earlier report'
                WHEN growth.ratio IS NULL THEN 'there is no large table'
                ELSE format(
                    '%s, %s %% since %s',
                    growth.relation,
                    to_char(growth.ratio * 100, 'FMSG999999990'),
                    to_char(report.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')
                )
            END
        ),
        (
            11, 'locks', 'lock_waiters', 'sessions that wait for a lock',
            waits.waiters, waits.longest, 30, 300, waits.waiters::text
        ),
        (
            12, 'locks', 'longest_lock_wait_seconds', 'the session that waits for a lock for longest',
            waits.longest, waits.longest, 30, 300, format('%s s', round(waits.longest))
        )
) AS m (place, area, name, what, value, judged, warning, critical, message)
ORDER BY m.place;

COMMENT ON VIEW pgplumb.health IS 'How the database is doing: what `pgplumb health` shows, with the limits that it has by itself.';
