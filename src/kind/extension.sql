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
       END AS members,
       (SELECT COALESCE(pg_catalog.json_agg(m.name), '[]')
          FROM (SELECT pg_catalog.json_build_object('relation', pg_catalog.json_build_array(n.nspname, c.relname)) AS name
                  FROM member AS m
                  JOIN pg_catalog.pg_class AS c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid
                  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
                 WHERE m.extension = e.oid
                UNION ALL
                SELECT pg_catalog.json_build_object('type', pg_catalog.json_build_array(n.nspname, t.typname))
                  FROM member AS m
                  JOIN pg_catalog.pg_type AS t ON m.classid = 'pg_type'::regclass AND t.oid = m.objid
                  JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
                 WHERE m.extension = e.oid
                UNION ALL
                SELECT pg_catalog.json_build_object('routine', pg_catalog.json_build_array(
                         n.nspname, p.proname, pg_catalog.oidvectortypes(p.proargtypes)))
                  FROM member AS m
                  JOIN pg_catalog.pg_proc AS p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
                  JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
                 WHERE m.extension = e.oid) AS m) AS names
  FROM pg_catalog.pg_extension AS e
  JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
 WHERE e.extname <> 'plpgsql'
 ORDER BY e.extname
