-- Columns of views and materialized views. Those of a view are not stored, and how cannot be set.
SELECT 'pg_class'::regclass::oid AS classid,
       a.attrelid AS objid,
       a.attnum::int4 AS objsubid,
       NULL::text AS excluded,
       'pg_class'::regclass::oid AS on_classid,
       a.attrelid AS on_objid,
       0 AS on_objsubid,
       a.attname AS name,
       a.attnum AS position,
       pg_catalog.format_type(a.atttypid, a.atttypmod) AS type_name,
       CASE WHEN a.attcollation <> 0 THEN a.attcollation::regcollation::text END AS collation,
       CASE WHEN c.relkind = 'm' AND a.attstorage <> t.typstorage THEN a.attstorage END AS storage,
       t.typstorage AS type_storage,
       CASE WHEN a.attcompression <> '' THEN a.attcompression END AS compression,
       CASE WHEN COALESCE(a.attstattarget, -1) >= 0 THEN a.attstattarget::int4 END AS statistics,
       COALESCE(a.attoptions, '{}') AS options
  FROM pg_catalog.pg_attribute AS a
  JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
 WHERE c.relkind IN ('v', 'm')
   AND a.attnum > 0
   AND NOT a.attisdropped
   AND n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
 ORDER BY a.attrelid, a.attnum
