-- Transforms of types for procedural languages.
SELECT 'pg_transform'::regclass::oid AS classid,
       t.oid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       pg_catalog.format_type(t.trftype, NULL) AS type_name,
       l.lanname AS language,
       CASE WHEN t.trffromsql <> 0 THEN t.trffromsql::regprocedure::text END AS from_sql,
       CASE WHEN t.trftosql <> 0 THEN t.trftosql::regprocedure::text END AS to_sql
  FROM pg_catalog.pg_transform AS t
  JOIN pg_catalog.pg_language AS l ON l.oid = t.trflang
 WHERE t.oid >= 16384
 ORDER BY 5, l.lanname
