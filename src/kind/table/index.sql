-- Indexes that belong to no constraint, on tables, partitioned tables and materialized views. Those of an extension's table
-- come and go with it: Postgres makes no member of them, and `pg_dump` leaves them out.
SELECT 'pg_class'::regclass::oid AS classid,
       c.oid AS objid,
       0 AS objsubid,
       (SELECT 'stands on an extension''s object'
          FROM pg_catalog.pg_depend AS d
         WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indrelid AND d.deptype = 'e') AS excluded,
       n.nspname AS schema,
       c.relname AS name,
       tc.relkind = 'm' AS on_materialized_view,
       tc.relname AS table,
       pg_catalog.pg_get_indexdef(c.oid) AS definition,
       pg_catalog.pg_get_expr(i.indpred, i.indrelid) AS predicate,
       i.indisunique AS "unique",
       c.relkind = 'I' AS partitioned,
       i.indisvalid OR c.relkind = 'I' AS valid,
       COALESCE(c.reloptions, '{}') AS options,
       ts.spcname AS tablespace,
       i.indexprs IS NOT NULL OR i.indpred IS NOT NULL AS evaluates,
       (SELECT pg_catalog.array_agg(a.attnum || '=' || a.attstattarget ORDER BY a.attnum)
          FROM pg_catalog.pg_attribute AS a
         WHERE i.indexprs IS NOT NULL AND a.attrelid = c.oid AND COALESCE(a.attstattarget, -1) >= 0) AS statistics
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid
  JOIN pg_catalog.pg_class AS tc ON tc.oid = i.indrelid
  LEFT JOIN pg_catalog.pg_tablespace AS ts ON ts.oid = c.reltablespace
 WHERE c.relkind IN ('i', 'I')
   AND n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conindid = c.oid AND k.contype IN ('p', 'u', 'x'))
 ORDER BY n.nspname, c.relname
