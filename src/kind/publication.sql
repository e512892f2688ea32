-- Publications; what each one publishes is in `publication/`.
SELECT 'pg_publication'::regclass::oid AS classid,
       p.oid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       p.pubname AS name,
       p.puballtables AS all_tables,
       p.pubinsert AS "insert",
       p.pubupdate AS "update",
       p.pubdelete AS "delete",
       p.pubtruncate AS truncate,
       p.pubviaroot AS via_root,
       -- Since 18; `s` publishes stored generated columns.
       COALESCE(pg_catalog.to_jsonb(p) ->> 'pubgencols', 'n') = 's' AS generated_columns
  FROM pg_catalog.pg_publication AS p
 ORDER BY p.pubname
