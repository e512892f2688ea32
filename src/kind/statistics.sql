-- Extended statistics on tables, partitioned and foreign tables, and materialized views.
SELECT 'pg_statistic_ext'::regclass::oid AS classid,
       s.oid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       n.nspname AS schema,
       s.stxname AS name,
       pg_catalog.pg_get_statisticsobjdef(s.oid) AS definition,
       CASE WHEN COALESCE(s.stxstattarget, -1) >= 0 THEN s.stxstattarget::int4 END AS target,
       tn.nspname AS table_schema,
       t.relname AS table_name,
       COALESCE((SELECT pg_catalog.array_agg(a.attname ORDER BY a.attnum)
                   FROM pg_catalog.pg_attribute AS a
                  WHERE a.attrelid = s.stxrelid AND a.attnum = ANY (s.stxkeys)), '{}') AS columns
  FROM pg_catalog.pg_statistic_ext AS s
  JOIN pg_catalog.pg_namespace AS n ON n.oid = s.stxnamespace
  JOIN pg_catalog.pg_class AS t ON t.oid = s.stxrelid
  JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.relnamespace
 WHERE n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, s.stxname
