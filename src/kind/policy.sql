-- Row security policies. No roles stands for PUBLIC.
SELECT 'pg_policy'::regclass::oid AS classid,
       p.oid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       'pg_class'::regclass::oid AS on_classid,
       p.polrelid AS on_objid,
       0 AS on_objsubid,
       p.polname AS name,
       p.polpermissive AS permissive,
       p.polcmd::text AS command,
       (SELECT COALESCE(pg_catalog.array_agg(pg_catalog.pg_get_userbyid(o)), '{}')
          FROM pg_catalog.unnest(p.polroles) AS o
         WHERE o <> 0) AS roles,
       pg_catalog.pg_get_expr(p.polqual, p.polrelid) AS using,
       pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) AS "check"
  FROM pg_catalog.pg_policy AS p
  JOIN pg_catalog.pg_class AS c ON c.oid = p.polrelid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, c.relname, p.polname
