-- Constraints of tables and domains. Left to others: constraint triggers (they are triggers), NOT NULL (part of the
-- column), and the copies that a partition gets of its parent's foreign keys.
SELECT 'pg_constraint'::regclass::oid AS classid,
       k.oid AS objid,
       0 AS objsubid,
       CASE
         WHEN k.contype = 'f' AND k.conparentid <> 0 THEN 'copy of the parent''s foreign key'
       END AS excluded,
       CASE WHEN k.conrelid <> 0 THEN 'pg_class'::regclass ELSE 'pg_type'::regclass END::oid AS on_classid,
       CASE WHEN k.conrelid <> 0 THEN k.conrelid ELSE k.contypid END AS on_objid,
       0 AS on_objsubid,
       k.conname AS name,
       k.contype::text AS type,
       pg_catalog.pg_get_constraintdef(k.oid) AS definition,
       k.convalidated AS validated,
       k.conislocal AS local,
       k.coninhcount > 0 AS inherited,
       -- For a key it says how its partition was made.
       k.contype = 'c' AND k.connoinherit AS no_inherit,
       k.condeferrable AS deferrable,
       k.condeferred AS deferred,
       (SELECT pg_catalog.array_agg(a.attname ORDER BY x.position)
          FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY AS x (attnum, position)
          JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = x.attnum) AS columns,
       rn.nspname AS references_schema,
       r.relname AS references_name,
       COALESCE(ic.reloptions, '{}') AS options,
       ts.spcname AS tablespace
  FROM pg_catalog.pg_constraint AS k
  JOIN pg_catalog.pg_namespace AS n ON n.oid = k.connamespace
  LEFT JOIN pg_catalog.pg_class AS r ON k.contype = 'f' AND r.oid = k.confrelid
  LEFT JOIN pg_catalog.pg_namespace AS rn ON rn.oid = r.relnamespace
  LEFT JOIN pg_catalog.pg_class AS ic ON k.contype IN ('p', 'u', 'x') AND ic.oid = k.conindid
  LEFT JOIN pg_catalog.pg_tablespace AS ts ON ts.oid = ic.reltablespace
 WHERE k.contype IN ('c', 'f', 'p', 'u', 'x')
   AND n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
 ORDER BY k.conrelid, k.contypid, k.conname
