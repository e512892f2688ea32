-- Copies of a partitioned table's triggers that are switched otherwise than the parent's.
SELECT 'pg_trigger'::regclass::oid AS classid,
       t.oid AS objid,
       -1 AS objsubid,
       NULL::text AS excluded,
       'pg_class'::regclass::oid AS on_classid,
       t.tgrelid AS on_objid,
       0 AS on_objsubid,
       t.tgname AS name,
       t.tgenabled::text AS enabled
  FROM pg_catalog.pg_trigger AS t
  JOIN pg_catalog.pg_trigger AS p ON p.oid = t.tgparentid
  JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE NOT p.tgisinternal
   AND t.tgenabled <> p.tgenabled
   AND n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, c.relname, t.tgname
