-- Access methods that initdb did not make.
SELECT 'pg_am'::regclass::oid AS classid,
       a.oid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       a.amname AS name,
       CASE a.amtype WHEN 't' THEN 'TABLE' ELSE 'INDEX' END AS type,
       a.amhandler::text AS handler
  FROM pg_catalog.pg_am AS a
 WHERE a.oid >= 16384
 ORDER BY a.amname
