-- A partitioned table: its key, what its own parents accept, and its partitions. Parameter: its name.
SELECT pg_catalog.pg_get_partkeydef(p.partrelid) AS key,
       pg_catalog.pg_get_partition_constraintdef(p.partrelid) AS accepts,
       COALESCE((SELECT pg_catalog.array_agg(pg_catalog.pg_get_partition_constraintdef(i.inhrelid) ORDER BY i.inhrelid)
                   FROM pg_catalog.pg_inherits AS i
                  WHERE i.inhparent = p.partrelid AND i.inhrelid <> p.partdefid), '{}') AS partitions,
       n.nspname AS default_schema,
       d.relname AS default_name
  FROM pg_catalog.pg_partitioned_table AS p
  LEFT JOIN pg_catalog.pg_class AS d ON d.oid = p.partdefid
  LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = d.relnamespace
 WHERE p.partrelid = pg_catalog.to_regclass($1)
