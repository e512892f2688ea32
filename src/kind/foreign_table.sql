-- Foreign tables; their columns, constraints and triggers are read as those of tables are. An option whose name says that
-- it is a secret is not read; that it is there is a row of its own.
SELECT 'pg_class'::regclass::oid AS classid,
       c.oid AS objid,
       0 AS objsubid,
       s.excluded AS excluded,
       n.nspname AS schema,
       c.relname AS name,
       v.srvname AS server,
       o.options AS options,
       o.secrets AS secrets
  FROM pg_catalog.pg_foreign_table AS t
  JOIN pg_catalog.pg_class AS c ON c.oid = t.ftrelid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_foreign_server AS v ON v.oid = t.ftserver
  CROSS JOIN LATERAL (
    SELECT (SELECT COALESCE(pg_catalog.jsonb_object_agg(o.option_name, o.option_value), '{}')
              FROM pg_catalog.pg_options_to_table(t.ftoptions) AS o
             WHERE o.option_name !~* '(password|passwd|passphrase|pwd|secret|token|credential|api_?key|access_?key|private_?key)') AS options,
           (SELECT COALESCE(pg_catalog.array_agg(o.option_name ORDER BY o.option_name), '{}')
              FROM pg_catalog.pg_options_to_table(t.ftoptions) AS o
             WHERE o.option_name ~* '(password|passwd|passphrase|pwd|secret|token|credential|api_?key|access_?key|private_?key)') AS secrets) AS o
  CROSS JOIN LATERAL (
    SELECT NULL::text AS excluded
    UNION ALL
    SELECT 'option that holds a secret' FROM pg_catalog.unnest(o.secrets)) AS s
 WHERE n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, c.relname, s.excluded
