-- Who holds the advisory lock with the key $1 in this database, and since when the session is there.
SELECT
    lock.pid,
    coalesce(activity.usename, '')::text AS usename,
    coalesce(nullif(activity.application_name, ''), 'no application name') AS application_name,
    pg_catalog.to_char(activity.backend_start, 'YYYY-MM-DD HH24:MI:SS OF') AS since
FROM pg_catalog.pg_locks AS lock
JOIN pg_catalog.pg_stat_activity AS activity ON activity.pid = lock.pid
WHERE
    lock.locktype = 'advisory'
    AND lock.granted
    AND lock.objsubid = 1
    AND lock.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
    AND (lock.classid::bigint << 32 | lock.objid::bigint) = $1
