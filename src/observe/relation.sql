-- The relations that other sessions can be using, all or those asked for, with what shows a rewrite: a relation without
-- storage has the number 0.
SELECT c.oid AS oid,
       pg_catalog.json_build_object('schema', n.nspname, 'name', c.relname, 'kind', c.relkind) AS relation,
       c.relfilenode AS filenode,
       CASE WHEN c.relfilenode <> 0 THEN pg_catalog.pg_relation_size(c.oid) END AS bytes,
       i.indrelid AS "table"
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid
 WHERE c.relkind <> 't'
   AND c.relpersistence <> 't'
   AND n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
   AND (pg_catalog.cardinality($1::oid[]) = 0 OR c.oid = ANY ($1))
