-- The relations whose counters may be above zero in this session.
SELECT c.oid AS oid
  FROM pg_catalog.pg_class AS c
 WHERE c.relkind IN ('r', 'm')
   AND c.oid >= 16384
   AND (pg_catalog.pg_stat_get_xact_numscans(c.oid) > 0
        OR pg_catalog.pg_stat_get_xact_tuples_inserted(c.oid)
           + pg_catalog.pg_stat_get_xact_tuples_updated(c.oid)
           + pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid) > 0)
