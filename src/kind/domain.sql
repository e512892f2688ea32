-- Domains. Their checks are constraints, which stand on them.
SELECT 'pg_type'::regclass::oid AS classid,
       t.oid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       n.nspname AS schema,
       t.typname AS name,
       pg_catalog.format_type(t.typbasetype, t.typtypmod) AS base_type,
       CASE WHEN t.typcollation <> b.typcollation THEN pg_catalog.format('%I.%I', cn.nspname, c.collname) END AS collation,
       t.typnotnull AS not_null,
       (SELECT k.conname FROM pg_catalog.pg_constraint AS k WHERE k.contypid = t.oid AND k.contype = 'n') AS not_null_name,
       pg_catalog.pg_get_expr(t.typdefaultbin, 0) AS "default"
  FROM pg_catalog.pg_type AS t
  JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
  JOIN pg_catalog.pg_type AS b ON b.oid = t.typbasetype
  LEFT JOIN pg_catalog.pg_collation AS c ON c.oid = t.typcollation
  LEFT JOIN pg_catalog.pg_namespace AS cn ON cn.oid = c.collnamespace
 WHERE t.typtype = 'd'
   AND n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, t.typname
