-- Identity columns with the sequence behind each. The address is the sequence's, which privileges and comments name.
SELECT 'pg_class'::regclass::oid AS classid,
       s.seqrelid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       'pg_class'::regclass::oid AS on_classid,
       a.attrelid AS on_objid,
       a.attnum::int4 AS on_objsubid,
       a.attidentity = 'a' AS always,
       sn.nspname AS sequence_schema,
       sc.relname AS sequence_name,
       s.seqstart AS start,
       s.seqincrement AS increment,
       s.seqmin AS min,
       s.seqmax AS max,
       s.seqcache AS cache,
       s.seqcycle AS cycle,
       pg_catalog.format_type(s.seqtypid, NULL) AS data_type,
       sc.relpersistence = 'u' AS unlogged
  FROM pg_catalog.pg_attribute AS a
  JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_depend AS d
    ON d.refclassid = 'pg_class'::regclass AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum
   AND d.classid = 'pg_class'::regclass AND d.deptype = 'i'
  JOIN pg_catalog.pg_sequence AS s ON s.seqrelid = d.objid
  JOIN pg_catalog.pg_class AS sc ON sc.oid = s.seqrelid
  JOIN pg_catalog.pg_namespace AS sn ON sn.oid = sc.relnamespace
 WHERE a.attidentity <> ''
   AND NOT a.attisdropped
   AND n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
 ORDER BY a.attrelid, a.attnum
