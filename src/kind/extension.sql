-- Extensions. `plpgsql` comes with every new database and is left out. Whether a schema can be changed is the extension's to say.
SELECT 'pg_extension'::regclass::oid AS classid,
       e.oid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       e.extname AS name,
       n.nspname AS schema,
       e.extversion AS version,
       e.extrelocatable AS relocatable,
       e.extconfig IS NOT NULL AS keeps_rows,
       -- What the extension itself grants on is left as that says.
       CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_default_acl)
            THEN (SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                           'object', o.object, 'schema', o.schema, 'objects', o.type) ORDER BY o.object), '[]')
                    FROM object AS o
                   WHERE o.extension = e.oid
                     AND o.type IN ('n', 'r', 's', 'f', 'T')
                     AND NOT EXISTS (SELECT FROM pg_catalog.pg_init_privs AS i WHERE i.classoid = o.classid AND i.objoid = o.objid))
            ELSE '[]'
       END AS members
  FROM pg_catalog.pg_extension AS e
  JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
 WHERE e.extname <> 'plpgsql'
 ORDER BY e.extname
