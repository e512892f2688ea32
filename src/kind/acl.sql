-- Privileges that differ from what an object of this kind has by itself, which is `standard`, as Postgres prints them. An
-- object that would get something else from the default privileges of the reading role is said even where it has what is
-- standard.
WITH schema AS (
  SELECT n.oid
    FROM pg_catalog.pg_namespace AS n
   WHERE n.nspname <> 'information_schema'
     AND n.nspname !~ '^pg_'
), said AS (
  SELECT d.defaclobjtype AS type, d.defaclnamespace AS schema
    FROM pg_catalog.pg_default_acl AS d
    JOIN pg_catalog.pg_roles AS r ON r.oid = d.defaclrole
   WHERE r.rolname = CURRENT_USER
), object AS (
  SELECT 'pg_namespace'::regclass::oid AS classid, n.oid AS objid, 0 AS objsubid, CASE n.nspname WHEN 'public' THEN 'p' ELSE 'n' END::"char" AS type,
         -- One that was made anew has no list, and so not what initdb grants.
         CASE n.nspname WHEN 'public' THEN COALESCE(n.nspacl, pg_catalog.acldefault('n', n.nspowner)) ELSE n.nspacl END AS acl,
         n.nspowner AS owner, 0::oid AS schema
    FROM pg_catalog.pg_namespace AS n
    JOIN schema AS s ON s.oid = n.oid
  UNION ALL
  SELECT 'pg_class'::regclass, c.oid, 0, CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char",
         c.relacl, c.relowner, c.relnamespace
    FROM pg_catalog.pg_class AS c
    JOIN schema AS s ON s.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
     AND (c.relacl IS NOT NULL OR (SELECT EXISTS (SELECT FROM said)))
  UNION ALL
  SELECT 'pg_class'::regclass, c.oid, a.attnum::int4, 'c'::"char", a.attacl, c.relowner, c.relnamespace
    FROM pg_catalog.pg_attribute AS a
    JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
    JOIN schema AS s ON s.oid = c.relnamespace
   WHERE a.attacl IS NOT NULL
     AND a.attnum > 0
     AND NOT a.attisdropped
  UNION ALL
  SELECT 'pg_proc'::regclass, p.oid, 0, 'f'::"char", p.proacl, p.proowner, p.pronamespace
    FROM pg_catalog.pg_proc AS p
    JOIN schema AS s ON s.oid = p.pronamespace
   WHERE (p.proacl IS NOT NULL OR (SELECT EXISTS (SELECT FROM said)))
     AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS i
                      WHERE i.classid = 'pg_proc'::regclass AND i.objid = p.oid AND i.deptype = 'i')
  UNION ALL
  SELECT 'pg_type'::regclass, t.oid, 0, 'T'::"char", t.typacl, t.typowner, t.typnamespace
    FROM pg_catalog.pg_type AS t
    JOIN schema AS s ON s.oid = t.typnamespace
   WHERE (t.typacl IS NOT NULL OR (SELECT EXISTS (SELECT FROM said)))
     AND t.typtype IN ('b', 'c', 'd', 'e', 'r')
     AND NOT (t.typcategory = 'A' AND t.typelem <> 0)
     AND (t.typtype <> 'c' OR t.typrelid = ANY (ARRAY(SELECT c.oid FROM pg_catalog.pg_class AS c WHERE c.relkind = 'c')))
  UNION ALL
  SELECT 'pg_foreign_data_wrapper'::regclass, f.oid, 0, 'F'::"char", f.fdwacl, f.fdwowner, 0
    FROM pg_catalog.pg_foreign_data_wrapper AS f
  UNION ALL
  SELECT 'pg_foreign_server'::regclass, s.oid, 0, 'S'::"char", s.srvacl, s.srvowner, 0
    FROM pg_catalog.pg_foreign_server AS s
  UNION ALL
  SELECT 'pg_language'::regclass, l.oid, 0, 'l'::"char", l.lanacl, l.lanowner, 0
    FROM pg_catalog.pg_language AS l
   WHERE l.oid >= 16384
), own AS (
  SELECT o.*, g.given
    FROM object AS o
    CROSS JOIN LATERAL (
      SELECT EXISTS (SELECT FROM said AS d
                      WHERE d.schema IN (0, o.schema)
                        AND d.type = CASE WHEN o.type IN ('r', 'f', 'T', 'n') THEN o.type WHEN o.type = 's' THEN 'S' END)
               AS given) AS g
   WHERE (o.acl IS NOT NULL OR g.given)
     AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS e
                      WHERE e.classid = o.classid AND e.objid = o.objid AND e.deptype = 'e')
)
SELECT 'pg_init_privs'::regclass::oid AS classid,
       o.objid AS objid,
       o.objsubid AS objsubid,
       NULL::text AS excluded,
       o.classid AS on_classid,
       o.objid AS on_objid,
       o.objsubid AS on_objsubid,
       COALESCE(o.acl, s.acl)::text[] AS entries,
       s.acl::text[] AS standard,
       o.type::text AS objects,
       pg_catalog.pg_get_userbyid(o.owner) AS owner
  FROM own AS o
  CROSS JOIN LATERAL (
    SELECT CASE
             WHEN o.type <> 'p' THEN pg_catalog.acldefault(o.type, o.owner)
             -- What initdb grants on the schema public. Before 15 everybody could create in it.
             ELSE pg_catalog.acldefault('n', o.owner)
                    || pg_catalog.format('=%s/%I',
                         CASE WHEN pg_catalog.current_setting('server_version_num')::int4 < 150000 THEN 'UC' ELSE 'U' END,
                         pg_catalog.pg_get_userbyid(o.owner))::aclitem
           END AS acl) AS s
 WHERE o.given
    OR pg_catalog.cardinality(o.acl) <> pg_catalog.cardinality(s.acl)
    OR EXISTS (SELECT FROM pg_catalog.unnest(o.acl) AS i WHERE NOT i = ANY (s.acl))
 ORDER BY o.classid, o.objid, o.objsubid
