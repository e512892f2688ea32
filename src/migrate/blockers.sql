-- The sessions that the session with PID $1 waits for, oldest statement first.
SELECT
    pid,
    coalesce(usename, '')::text AS usename,
    coalesce(application_name, '') AS application_name,
    coalesce(extract(epoch FROM pg_catalog.clock_timestamp() - coalesce(query_start, backend_start)), 0)::bigint AS seconds,
    coalesce(state, '') AS state
FROM pg_catalog.pg_stat_activity
WHERE pid = ANY (pg_catalog.pg_blocking_pids($1))
ORDER BY query_start, pid
