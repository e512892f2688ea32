-- The columns that own sequences. The row has no address of its own: it is that of the sequence in pg_depend.
SELECT 'pg_depend'::regclass::oid AS classid,
       d.objid,
       0 AS objsubid,
       NULL::text AS excluded,
       'pg_class'::regclass::oid AS on_classid,
       d.objid AS on_objid,
       0 AS on_objsubid,
       tn.nspname AS table_schema,
       t.relname AS table_name,
       a.attname AS column_name
  FROM pg_catalog.pg_sequence AS s
  JOIN pg_catalog.pg_class AS c ON c.oid = s.seqrelid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_depend AS d
    ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
   AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype = 'a'
  JOIN pg_catalog.pg_class AS t ON t.oid = d.refobjid
  JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.relnamespace
  JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
 WHERE n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, c.relname
