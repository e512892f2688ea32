-- By how many seconds the replica that is furthest behind lags, whether this role can see that, and how many other
-- sessions are at work. One that has caught up may say nothing until there is more to replay: its lag is that of before.
SELECT
    (
        SELECT pg_catalog.date_part('epoch', max(r.replay_lag))
        FROM pg_catalog.pg_stat_replication AS r
        WHERE r.replay_lsn < pg_catalog.pg_current_wal_flush_lsn()
    ),
    pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE'),
    (
        SELECT count(*)
        FROM pg_catalog.pg_stat_activity AS a
        WHERE a.backend_type = 'client backend' AND a.state = 'active' AND a.pid <> pg_catalog.pg_backend_pid()
    )
