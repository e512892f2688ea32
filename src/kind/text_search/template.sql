-- Text search templates.
SELECT 'pg_ts_template'::regclass::oid AS classid,
       t.oid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       n.nspname AS schema,
       t.tmplname AS name,
       CASE WHEN t.tmplinit <> 0 THEN t.tmplinit::text END AS init,
       t.tmpllexize::text AS lexize
  FROM pg_catalog.pg_ts_template AS t
  JOIN pg_catalog.pg_namespace AS n ON n.oid = t.tmplnamespace
 WHERE n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, t.tmplname
