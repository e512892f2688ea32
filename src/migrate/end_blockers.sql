-- Ends the sessions that the session with PID $1 waits for and whose transaction is at least $2 seconds old; `ended` is NULL
-- for one whose age our role may not see. Whom it is about is settled first: a condition beside the function might be
-- looked at after it.
WITH old AS MATERIALIZED (
    SELECT
        pid,
        coalesce(usename, '')::text AS usename,
        coalesce(application_name, '') AS application_name,
        coalesce(extract(epoch FROM pg_catalog.clock_timestamp() - xact_start), 0)::bigint AS seconds,
        coalesce(state, '') AS state,
        backend_type IS NULL AS is_hidden
    FROM pg_catalog.pg_stat_activity
    WHERE pid = ANY (pg_catalog.pg_blocking_pids($1))
        AND (
            backend_type IS NULL
            OR backend_type = 'client backend'
            AND xact_start <= pg_catalog.clock_timestamp() - pg_catalog.make_interval(secs => $2)
        )
)
SELECT
    pid,
    usename,
    application_name,
    seconds,
    state,
    CASE WHEN NOT is_hidden THEN pg_catalog.pg_terminate_backend(pid) END AS ended
FROM old
ORDER BY pid
