-- What the relations with rows hold, by the estimates of the last VACUUM or ANALYZE; -1 rows where there was none.
SELECT n.nspname AS schema,
       c.relname AS name,
       c.reltuples::float8 AS rows,
       pg_catalog.pg_table_size(c.oid) AS bytes,
       pg_catalog.pg_indexes_size(c.oid) AS index_bytes
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'm')
   AND c.relpersistence <> 't'
   AND n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
   AND c.relpages > 0
