-- Attributes of composite types that stand alone.
SELECT 'pg_class'::regclass::oid AS classid,
       a.attrelid AS objid,
       a.attnum::int4 AS objsubid,
       NULL::text AS excluded,
       'pg_type'::regclass::oid AS on_classid,
       c.reltype AS on_objid,
       0 AS on_objsubid,
       a.attname AS name,
       pg_catalog.format_type(a.atttypid, a.atttypmod) AS type_name,
       CASE WHEN a.attcollation <> t.typcollation THEN pg_catalog.format('%I.%I', cn.nspname, co.collname) END AS collation
  FROM pg_catalog.pg_attribute AS a
  JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
  LEFT JOIN pg_catalog.pg_collation AS co ON co.oid = a.attcollation
  LEFT JOIN pg_catalog.pg_namespace AS cn ON cn.oid = co.collnamespace
 WHERE c.relkind = 'c'
   AND a.attnum > 0
   AND NOT a.attisdropped
   AND n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
 ORDER BY a.attrelid, a.attnum
