-- User mappings, from the view that everybody may read. It shows the options to those whom they concern; the condition is
-- that of the view, so that options which are hidden are not taken for none. A secret among them is not read.
SELECT 'pg_user_mapping'::regclass::oid AS classid,
       u.umid AS objid,
       0 AS objsubid,
       s.excluded AS excluded,
       'pg_foreign_server'::regclass::oid AS on_classid,
       u.srvid AS on_objid,
       0 AS on_objsubid,
       u.usename AS name,
       u.umuser = 0 AS public,
       o.options AS options,
       o.secrets AS secrets
  FROM pg_catalog.pg_user_mappings AS u
  JOIN pg_catalog.pg_foreign_server AS v ON v.oid = u.srvid
  CROSS JOIN LATERAL (
    SELECT (SELECT COALESCE(pg_catalog.jsonb_object_agg(o.option_name, o.option_value), '{}')
              FROM pg_catalog.pg_options_to_table(u.umoptions) AS o
             WHERE o.option_name !~* '(password|passwd|passphrase|pwd|secret|token|credential|api_?key|access_?key|private_?key)') AS options,
           (SELECT COALESCE(pg_catalog.array_agg(o.option_name ORDER BY o.option_name), '{}')
              FROM pg_catalog.pg_options_to_table(u.umoptions) AS o
             WHERE o.option_name ~* '(password|passwd|passphrase|pwd|secret|token|credential|api_?key|access_?key|private_?key)') AS secrets) AS o
  CROSS JOIN LATERAL (
    SELECT CASE
             WHEN NOT (u.umuser <> 0 AND u.usename = CURRENT_USER
                       AND (pg_catalog.pg_has_role(v.srvowner, 'USAGE')
                            OR pg_catalog.has_server_privilege(v.oid, 'USAGE'))
                       OR u.umuser = 0 AND pg_catalog.pg_has_role(v.srvowner, 'USAGE')
                       OR (SELECT r.rolsuper FROM pg_catalog.pg_roles AS r WHERE r.rolname = CURRENT_USER))
               THEN 'user mapping whose options may not be read'
           END AS excluded
    UNION ALL
    SELECT 'option that holds a secret' FROM pg_catalog.unnest(o.secrets)) AS s
 ORDER BY u.srvname, u.usename, s.excluded
