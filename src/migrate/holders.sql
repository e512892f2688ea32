-- The sessions that the session with PID $1 waits for, oldest transaction first; also those that an index build says it waits
-- for. Of sessions that our role may not look at, the age and the state are not known.
SELECT
    pid,
    coalesce(usename::text, backend_type, '') AS usename,
    coalesce(application_name, '') AS application_name,
    extract(epoch FROM pg_catalog.clock_timestamp() - xact_start)::bigint AS seconds,
    coalesce(state, '') AS state
FROM pg_catalog.pg_stat_activity
WHERE pid = ANY (pg_catalog.pg_blocking_pids($1))
    OR pid = (
        SELECT current_locker_pid
        FROM pg_catalog.pg_stat_progress_create_index
        WHERE pid = $1 AND phase LIKE 'waiting%'
    )
ORDER BY xact_start, pid
