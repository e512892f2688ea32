-- Indexes of partitions that are attached to the index of the parent, those behind constraints among them.
SELECT 'pg_inherits'::regclass::oid AS classid,
       i.inhrelid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       'pg_class'::regclass::oid AS on_classid,
       i.inhrelid AS on_objid,
       0 AS on_objsubid,
       cn.nspname AS index_schema,
       c.relname AS index_name,
       ct.relname AS table_name,
       pn.nspname AS parent_schema,
       p.relname AS parent_name,
       pt.relname AS parent_table,
       EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conindid = p.oid AND k.contype IN ('p', 'u', 'x'))
         AS parent_constraint
  FROM pg_catalog.pg_inherits AS i
  JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid AND c.relkind IN ('i', 'I')
  JOIN pg_catalog.pg_namespace AS cn ON cn.oid = c.relnamespace
  JOIN pg_catalog.pg_index AS ci ON ci.indexrelid = c.oid
  JOIN pg_catalog.pg_class AS ct ON ct.oid = ci.indrelid
  JOIN pg_catalog.pg_class AS p ON p.oid = i.inhparent
  JOIN pg_catalog.pg_index AS pi ON pi.indexrelid = p.oid
  JOIN pg_catalog.pg_class AS pt ON pt.oid = pi.indrelid
  JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.relnamespace
 WHERE cn.nspname <> 'information_schema'
   AND cn.nspname !~ '^pg_'
 ORDER BY cn.nspname, c.relname
