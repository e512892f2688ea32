-- Views. Their columns, whose names, types and order decide whether CREATE OR REPLACE will do, are facts of their own.
SELECT 'pg_class'::regclass::oid AS classid,
       c.oid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       n.nspname AS schema,
       c.relname AS name,
       pg_catalog.rtrim(pg_catalog.pg_get_viewdef(c.oid), ';') AS definition,
       COALESCE(c.reloptions, '{}') AS options
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE c.relkind = 'v'
   AND n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
 ORDER BY n.nspname, c.relname
