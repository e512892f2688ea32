-- Default privileges by the role that creates, the schema (none for all), and the kind of object. `base` is what holds
-- where nothing is said: for all schemas what such an object has by itself, for one schema nothing more.
SELECT 'pg_default_acl'::regclass::oid AS classid,
       d.oid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       r.rolname AS role,
       n.nspname AS schema,
       CASE d.defaclobjtype
         WHEN 'r' THEN 'tables'
         WHEN 'S' THEN 'sequences'
         WHEN 'f' THEN 'functions'
         WHEN 'T' THEN 'types'
         WHEN 'n' THEN 'schemas'
         ELSE 'large objects'
       END AS objects,
       e.entries AS entries,
       CASE WHEN n.nspname IS NULL THEN s.entries ELSE '[]' END AS base,
       s.entries AS standard,
       r.rolname = CURRENT_USER AS current
  FROM pg_catalog.pg_default_acl AS d
  JOIN pg_catalog.pg_roles AS r ON r.oid = d.defaclrole
  LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = d.defaclnamespace
  CROSS JOIN LATERAL (
    SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
             'grantee', CASE a.grantee
                          WHEN 0 THEN '"public"'
                          WHEN d.defaclrole THEN '"owner"'
                          ELSE pg_catalog.jsonb_build_object('role', pg_catalog.pg_get_userbyid(a.grantee))
                        END,
             'privilege', a.privilege_type,
             'grantable', a.is_grantable,
             'grantor', NULL)), '[]') AS entries
      FROM pg_catalog.aclexplode(d.defaclacl) AS a) AS e
  CROSS JOIN LATERAL (
    SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
             'grantee', CASE a.grantee WHEN 0 THEN 'public' ELSE 'owner' END,
             'privilege', a.privilege_type,
             'grantable', a.is_grantable,
             'grantor', NULL)), '[]') AS entries
      FROM pg_catalog.aclexplode(pg_catalog.acldefault(CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END,
                                                       d.defaclrole)) AS a) AS s
 WHERE n.nspname IS NULL
    OR (n.nspname <> 'information_schema' AND n.nspname !~ '^pg_')
 ORDER BY r.rolname, n.nspname, d.defaclobjtype
