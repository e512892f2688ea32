-- Tables and materialized views with an index marked for CLUSTER.
SELECT 'pg_class'::regclass::oid AS classid,
       i.indrelid AS objid,
       -2 AS objsubid,
       NULL::text AS excluded,
       'pg_class'::regclass::oid AS on_classid,
       i.indrelid AS on_objid,
       0 AS on_objsubid,
       ic.relname AS index
  FROM pg_catalog.pg_index AS i
  JOIN pg_catalog.pg_class AS ic ON ic.oid = i.indexrelid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = ic.relnamespace
 WHERE i.indisclustered
   AND n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, ic.relname
