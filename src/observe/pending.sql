-- What the session did with rows in transactions before and has not reported yet, of these relations: its counters go on from
-- there.
SELECT s.oid, s.scans, s.written
  FROM (SELECT c.oid AS oid,
               pg_catalog.pg_stat_get_xact_numscans(c.oid) AS scans,
               pg_catalog.pg_stat_get_xact_tuples_inserted(c.oid)
               + pg_catalog.pg_stat_get_xact_tuples_updated(c.oid)
               + pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid) AS written
          FROM pg_catalog.unnest($1::oid[]) AS c (oid)) AS s
 WHERE s.scans > 0 OR s.written > 0
