-- Composite types that stand alone: not the row types of tables and views.
SELECT 'pg_type'::regclass::oid AS classid,
       t.oid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       n.nspname AS schema,
       t.typname AS name,
       COALESCE((SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                          'name', a.attname,
                          'type_name', pg_catalog.format_type(a.atttypid, a.atttypmod),
                          'collation', CASE WHEN a.attcollation <> at.typcollation
                                            THEN pg_catalog.format('%I.%I', cn.nspname, co.collname) END,
                          'uses_schema', un.nspname,
                          'uses_name', u.typname) ORDER BY a.attnum)
                   FROM pg_catalog.pg_attribute AS a
                   JOIN pg_catalog.pg_type AS at ON at.oid = a.atttypid
                   JOIN pg_catalog.pg_type AS u
                     ON u.oid = CASE WHEN at.typelem <> 0 AND at.typcategory = 'A' THEN at.typelem ELSE at.oid END
                   JOIN pg_catalog.pg_namespace AS un ON un.oid = u.typnamespace
                   LEFT JOIN pg_catalog.pg_collation AS co ON co.oid = a.attcollation
                   LEFT JOIN pg_catalog.pg_namespace AS cn ON cn.oid = co.collnamespace
                  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]') AS attributes
  FROM pg_catalog.pg_type AS t
  JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
  JOIN pg_catalog.pg_class AS c ON c.oid = t.typrelid AND c.relkind = 'c'
 WHERE t.typtype = 'c'
   AND n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, t.typname
