-- Extensions. `plpgsql` comes with every new database and is left out. Whether a schema can be changed is the extension's to say.
SELECT 'pg_extension'::regclass::oid AS classid,
       e.oid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       e.extname AS name,
       n.nspname AS schema,
       e.extversion AS version,
       e.extrelocatable AS relocatable,
       e.extconfig IS NOT NULL AS keeps_rows
  FROM pg_catalog.pg_extension AS e
  JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
 WHERE e.extname <> 'plpgsql'
 ORDER BY e.extname
