-- Schemas that are neither the system's nor an extension's.
SELECT 'pg_namespace'::regclass::oid AS classid,
       n.oid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       n.nspname AS name
  FROM pg_catalog.pg_namespace AS n
 WHERE n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
 ORDER BY n.nspname
