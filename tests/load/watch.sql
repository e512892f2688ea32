-- The locks that psql holds on the tables whose name is like $1, and the longest that another session waits for a lock, in ms.
SELECT COALESCE((SELECT array_agg(DISTINCT l.mode)
                   FROM pg_locks AS l
                   JOIN pg_stat_activity AS a USING (pid)
                  WHERE a.application_name = 'psql' AND l.granted AND l.relation::regclass::text LIKE $1
                    AND EXISTS (SELECT FROM pg_class WHERE oid = l.relation AND relkind IN ('r', 'p', 'm'))), '{}'),
       COALESCE((SELECT max(EXTRACT(epoch FROM clock_timestamp() - l.waitstart) * 1000)
                   FROM pg_locks AS l
                   JOIN pg_stat_activity AS a USING (pid)
                  WHERE a.application_name <> 'psql' AND NOT l.granted), 0)::float8
