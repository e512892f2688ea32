-- Collations made by users. The column of an ICU locale is `collcollate` in 14, `colliculocale` in 15 and 16, and
-- `colllocale` from 17 on, where the builtin provider uses it too; rules (`collicurules`) are there from 16 on.
SELECT 'pg_collation'::regclass::oid AS classid,
       c.oid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       n.nspname AS schema,
       c.collname AS name,
       CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END AS provider,
       c.collisdeterministic AS deterministic,
       CASE WHEN c.collprovider = 'c' THEN j.row ->> 'collcollate' END AS collate,
       CASE WHEN c.collprovider = 'c' THEN j.row ->> 'collctype' END AS ctype,
       CASE
         WHEN c.collprovider <> 'c'
         THEN COALESCE(j.row ->> 'colllocale', j.row ->> 'colliculocale', j.row ->> 'collcollate')
       END AS locale,
       j.row ->> 'collicurules' AS rules
  FROM pg_catalog.pg_collation AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.collnamespace
 CROSS JOIN LATERAL (SELECT pg_catalog.to_jsonb(c) AS row) AS j
 WHERE c.oid >= 16384
   AND n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, c.collname
