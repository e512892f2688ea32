-- Columns of tables, foreign ones among them. What a column has by its type (storage, collation) is null here, so that only what differs counts.
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
       CASE WHEN a.attcollation <> t.typcollation THEN pg_catalog.format('%I.%I', cn.nspname, co.collname) END AS collation,
       a.attnotnull AS not_null,
       -- None before 18: there are no rows of this type.
       CASE WHEN k.oid IS NOT NULL THEN pg_catalog.jsonb_build_object(
         'name', k.conname,
         'own_name', CASE WHEN k.coninhcount = 0 THEN k.conname END,
         'validated', k.convalidated,
         'no_inherit', k.connoinherit,
         'local', k.conislocal)
       END AS not_null_constraint,
       CASE WHEN a.attgenerated <> '' THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid) END AS generated,
       a.attgenerated = 'v' AS virtual,
       CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage END AS storage,
       t.typstorage AS type_storage,
       CASE WHEN a.attcompression <> '' THEN a.attcompression END AS compression,
       CASE WHEN COALESCE(a.attstattarget, -1) >= 0 THEN a.attstattarget::int4 END AS statistics,
       COALESCE(a.attoptions, '{}') AS options,
       a.attinhcount > 0 AS inherited,
       a.attislocal AS local
  FROM pg_catalog.pg_attribute AS a
  JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
  LEFT JOIN pg_catalog.pg_collation AS co ON co.oid = a.attcollation
  LEFT JOIN pg_catalog.pg_namespace AS cn ON cn.oid = co.collnamespace
  LEFT JOIN pg_catalog.pg_constraint AS k ON k.contype = 'n' AND k.conrelid = a.attrelid AND k.conkey = ARRAY[a.attnum]
  LEFT JOIN pg_catalog.pg_attrdef AS d ON a.attgenerated <> '' AND d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE c.relkind IN ('r', 'p', 'f')
   AND a.attnum > 0
   AND NOT a.attisdropped
   AND n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
 ORDER BY a.attrelid, a.attnum
