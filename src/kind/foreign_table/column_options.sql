-- What a foreign-data wrapper is told about the columns of foreign tables. An option whose name says that it is a secret is
-- not read; that it is there is a row of its own.
SELECT 'pg_foreign_table'::regclass::oid AS classid,
       a.attrelid AS objid,
       a.attnum::int4 AS objsubid,
       s.excluded AS excluded,
       'pg_class'::regclass::oid AS on_classid,
       a.attrelid AS on_objid,
       a.attnum::int4 AS on_objsubid,
       o.options AS options,
       o.secrets AS secrets
  FROM pg_catalog.pg_foreign_table AS t
  JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.ftrelid
  CROSS JOIN LATERAL (
    SELECT (SELECT COALESCE(pg_catalog.jsonb_object_agg(o.option_name, o.option_value), '{}')
              FROM pg_catalog.pg_options_to_table(a.attfdwoptions) AS o
             WHERE o.option_name !~* '(password|passwd|passphrase|pwd|secret|token|credential|api_?key|access_?key|private_?key)') AS options,
           (SELECT COALESCE(pg_catalog.array_agg(o.option_name ORDER BY o.option_name), '{}')
              FROM pg_catalog.pg_options_to_table(a.attfdwoptions) AS o
             WHERE o.option_name ~* '(password|passwd|passphrase|pwd|secret|token|credential|api_?key|access_?key|private_?key)') AS secrets) AS o
  CROSS JOIN LATERAL (
    SELECT NULL::text AS excluded
    UNION ALL
    SELECT 'option that holds a secret' FROM pg_catalog.unnest(o.secrets)) AS s
 WHERE a.attfdwoptions IS NOT NULL
   AND a.attnum > 0
   AND NOT a.attisdropped
 ORDER BY a.attrelid, a.attnum, s.excluded
