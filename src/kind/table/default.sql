-- Column defaults, also those of view columns. A generated column's expression is part of the column.
SELECT 'pg_attrdef'::regclass::oid AS classid,
       d.oid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       'pg_class'::regclass::oid AS on_classid,
       d.adrelid AS on_objid,
       d.adnum::int4 AS on_objsubid,
       pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS expression,
       -- The functions are those of the expression as Postgres has parsed it; pg_depend leaves out its own.
       EXISTS (SELECT FROM pg_catalog.regexp_matches(d.adbin::text, ':(?:funcid|opfuncid) (\d+)', 'g') AS m
                      JOIN pg_catalog.pg_proc AS p ON p.oid = m[1]::oid
                WHERE p.provolatile = 'v') AS volatile
  FROM pg_catalog.pg_attrdef AS d
  JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
  JOIN pg_catalog.pg_class AS c ON c.oid = d.adrelid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE a.attgenerated = ''
   AND NOT a.attisdropped
   AND n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
 ORDER BY d.adrelid, d.adnum
