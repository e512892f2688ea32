-- The relations that other sessions can be using, with what shows a rewrite: a relation without storage has the number 0. All
-- of them, those asked for by oid, or those that are not as they were before the transaction $2.
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
   AND ($2::bigint IS NULL
        OR LEAST(pg_catalog.age(c.xmin), pg_catalog.age(n.xmin))
           <= pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text::bigint - $2)
