-- Foreign-data wrappers. An option whose name says that it is a secret is not read; that it is there is a row of its own.
SELECT 'pg_foreign_data_wrapper'::regclass::oid AS classid,
       f.oid AS objid,
       0 AS objsubid,
       s.excluded AS excluded,
       f.fdwname AS name,
       CASE WHEN f.fdwhandler <> 0 THEN f.fdwhandler::regproc::text END AS handler,
       CASE WHEN f.fdwvalidator <> 0 THEN f.fdwvalidator::regproc::text END AS validator,
       o.options AS options,
       o.secrets AS secrets
  FROM pg_catalog.pg_foreign_data_wrapper AS f
  CROSS JOIN LATERAL (
    SELECT (SELECT COALESCE(pg_catalog.jsonb_object_agg(o.option_name, o.option_value), '{}')
              FROM pg_catalog.pg_options_to_table(f.fdwoptions) AS o
             WHERE o.option_name !~* '(password|passwd|passphrase|pwd|secret|token|credential|api_?key|access_?key|private_?key)') AS options,
           (SELECT COALESCE(pg_catalog.array_agg(o.option_name ORDER BY o.option_name), '{}')
              FROM pg_catalog.pg_options_to_table(f.fdwoptions) AS o
             WHERE o.option_name ~* '(password|passwd|passphrase|pwd|secret|token|credential|api_?key|access_?key|private_?key)') AS secrets) AS o
  CROSS JOIN LATERAL (
    SELECT NULL::text AS excluded
    UNION ALL
    SELECT 'option that holds a secret' FROM pg_catalog.unnest(o.secrets)) AS s
 ORDER BY f.fdwname, s.excluded
