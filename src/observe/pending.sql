-- What the session did with rows in transactions before and has not reported yet, with all relations or with those asked
-- for: its counters go on from there.
SELECT s.oid, s.scans, s.written
  FROM (SELECT c.oid AS oid,
               pg_catalog.pg_stat_get_xact_numscans(c.oid) AS scans,
               pg_catalog.pg_stat_get_xact_tuples_inserted(c.oid)
               + pg_catalog.pg_stat_get_xact_tuples_updated(c.oid)
               + pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid) AS written
          FROM pg_catalog.pg_class AS c
         WHERE c.relkind IN ('r', 'm')
           AND c.oid >= 16384
           AND ($1::oid[] IS NULL OR c.oid = ANY ($1))) AS s
 WHERE s.scans > 0 OR s.written > 0
