-- Conversions between encodings.
SELECT 'pg_conversion'::regclass::oid AS classid,
       c.oid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       n.nspname AS schema,
       c.conname AS name,
       c.condefault AS "default",
       pg_catalog.pg_encoding_to_char(c.conforencoding) AS "from",
       pg_catalog.pg_encoding_to_char(c.contoencoding) AS "to",
       c.conproc::text AS function
  FROM pg_catalog.pg_conversion AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.connamespace
 WHERE n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, c.conname
