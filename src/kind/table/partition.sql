-- The attachment of a partition to its parent.
SELECT 'pg_inherits'::regclass::oid AS classid,
       c.oid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       'pg_class'::regclass::oid AS on_classid,
       c.oid AS on_objid,
       0 AS on_objsubid,
       pn.nspname AS parent_schema,
       p.relname AS parent_name,
       pg_catalog.pg_get_expr(c.relpartbound, c.oid) AS bound,
       CASE WHEN d.text !~ 'satisfies_hash_partition' THEN d.text END AS constraint,
       i.inhdetachpending AS pending,
       (SELECT pg_catalog.jsonb_object_agg(k.conname, pg_catalog.pg_get_constraintdef(k.oid))
          FROM pg_catalog.pg_constraint AS k
         WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.conparentid <> 0) AS foreign_keys
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_inherits AS i ON i.inhrelid = c.oid
  JOIN pg_catalog.pg_class AS p ON p.oid = i.inhparent
  JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.relnamespace
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 CROSS JOIN LATERAL pg_catalog.pg_get_partition_constraintdef(c.oid) AS d (text)
 WHERE c.relispartition
   AND c.relkind IN ('r', 'p', 'f')
   AND n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, c.relname
