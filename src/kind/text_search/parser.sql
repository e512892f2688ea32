-- Text search parsers.
SELECT 'pg_ts_parser'::regclass::oid AS classid,
       p.oid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       n.nspname AS schema,
       p.prsname AS name,
       p.prsstart::text AS start,
       p.prstoken::text AS gettoken,
       p.prsend::text AS "end",
       CASE WHEN p.prsheadline <> 0 THEN p.prsheadline::text END AS headline,
       p.prslextype::text AS lextypes
  FROM pg_catalog.pg_ts_parser AS p
  JOIN pg_catalog.pg_namespace AS n ON n.oid = p.prsnamespace
 WHERE n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, p.prsname
