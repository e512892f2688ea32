-- Tables that inherit by INHERITS; partitions have their own kind. The address is that of the pg_inherits row's child,
-- with the parent's place in its list as sub-address, below zero because the row has no address of its own.
SELECT 'pg_inherits'::regclass::oid AS classid,
       i.inhrelid AS objid,
       -i.inhseqno AS objsubid,
       NULL::text AS excluded,
       'pg_class'::regclass::oid AS on_classid,
       i.inhrelid AS on_objid,
       0 AS on_objsubid,
       pg_catalog.format('%I.%I', pn.nspname, p.relname) AS name,
       i.inhseqno AS position,
       pn.nspname AS parent_schema,
       p.relname AS parent_name
  FROM pg_catalog.pg_inherits AS i
  JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid AND c.relkind IN ('r', 'f') AND NOT c.relispartition
  JOIN pg_catalog.pg_class AS p ON p.oid = i.inhparent
  JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.relnamespace
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
 ORDER BY i.inhrelid, i.inhseqno
