-- Schemas that are neither the system's nor an extension's. Since 15 public belongs to whoever owns the database, and not
-- everybody may create in it.
SELECT 'pg_namespace'::regclass::oid AS classid,
       n.oid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       n.nspname AS name,
       CASE
         WHEN n.nspname <> 'public' THEN NULL
         WHEN pg_catalog.current_setting('server_version_num')::int4 < 150000
           THEN '{"owner": null, "privileges": ["USAGE", "CREATE"], "comment": "standard public schema"}'::jsonb
         ELSE '{"owner": "pg_database_owner", "privileges": ["USAGE"], "comment": "standard public schema"}'::jsonb
       END AS public
  FROM pg_catalog.pg_namespace AS n
 WHERE n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
 ORDER BY n.nspname
