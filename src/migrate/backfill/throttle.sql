-- By how many seconds the replica that is furthest behind lags, whether this role can see that, and how many other
-- sessions are at work.
SELECT
    (SELECT pg_catalog.date_part('epoch', max(r.replay_lag)) FROM pg_catalog.pg_stat_replication AS r),
    pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE'),
    (
        SELECT count(*)
        FROM pg_catalog.pg_stat_activity AS a
        WHERE a.backend_type = 'client backend' AND a.state = 'active' AND a.pid <> pg_catalog.pg_backend_pid()
    )
