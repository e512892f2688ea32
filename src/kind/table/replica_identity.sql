-- Replica identities other than the default one.
SELECT 'pg_class'::regclass::oid AS classid,
       c.oid AS objid,
       -1 AS objsubid,
       NULL::text AS excluded,
       'pg_class'::regclass::oid AS on_classid,
       c.oid AS on_objid,
       0 AS on_objsubid,
       c.relreplident = 'f' AS "full",
       ic.relname AS index
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_index AS i ON c.relreplident = 'i' AND i.indrelid = c.oid AND i.indisreplident
  LEFT JOIN pg_catalog.pg_class AS ic ON ic.oid = i.indexrelid
 WHERE c.relkind IN ('r', 'p')
   AND c.relreplident <> 'd'
   AND n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, c.relname
