-- Procedural languages that no extension brought.
SELECT 'pg_language'::regclass::oid AS classid,
       l.oid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       l.lanname AS name,
       l.lanpltrusted AS trusted,
       l.lanplcallfoid::regproc::text AS handler,
       CASE WHEN l.laninline <> 0 THEN l.laninline::regproc::text END AS inline,
       CASE WHEN l.lanvalidator <> 0 THEN l.lanvalidator::regproc::text END AS validator
  FROM pg_catalog.pg_language AS l
 WHERE l.oid >= 16384
   AND l.lanispl
 ORDER BY l.lanname
