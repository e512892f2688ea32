-- Everybody in this database who waits for a lock or keeps others waiting, with those whom he waits for. Without statements,
-- which can hold rows.
WITH sessions AS (
    SELECT
        a.pid,
        coalesce(a.usename, '')::text AS usename,
        coalesce(a.application_name, '') AS application,
        coalesce(a.state, a.backend_type, '') AS state,
        coalesce(extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start), 0)::double precision AS seconds,
        pg_catalog.pg_blocking_pids(a.pid) AS blockers
    FROM pg_catalog.pg_stat_activity AS a
)
SELECT
    s.pid,
    s.usename,
    s.application,
    s.state,
    s.seconds,
    s.blockers,
    l.mode AS mode,
    l.waited::double precision AS waited,
    coalesce(l.relation::pg_catalog.regclass::text, l.locktype) AS object
FROM sessions AS s
LEFT JOIN LATERAL (
    SELECT
        locks.mode,
        locks.locktype,
        locks.relation,
        coalesce(extract(epoch FROM pg_catalog.clock_timestamp() - locks.waitstart), 0) AS waited
    FROM pg_catalog.pg_locks AS locks
    WHERE locks.pid = s.pid AND NOT locks.granted
    LIMIT 1
) AS l ON true
WHERE pg_catalog.cardinality(s.blockers) > 0
    OR EXISTS (SELECT FROM sessions AS other WHERE s.pid = ANY (other.blockers))
ORDER BY s.seconds DESC, s.pid
