-- What a user put into the database and no room reads: the reason and the name, both for a person. What extensions own
-- is left out, and labels of what initdb made, of which there are thousands where a provider labels everything. Of a
-- setting only the name is read, because the value may be a secret.
WITH large AS (
  SELECT m.oid
    FROM pg_catalog.pg_largeobject_metadata AS m
   WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS e
                      WHERE e.classid = 'pg_largeobject'::regclass AND e.objid = m.oid AND e.deptype = 'e')
), counted AS (
  SELECT count(*) AS objects FROM large
), provided AS (
  SELECT 'pg_namespace'::regclass AS classid, n.oid AS objid, 0 AS objsubid, 'n'::"char" AS type, n.nspacl AS acl, n.nspowner AS owner
    FROM pg_catalog.pg_namespace AS n
   WHERE n.oid = 'pg_catalog'::regnamespace
  UNION ALL
  SELECT 'pg_class'::regclass, c.oid, 0, CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relacl, c.relowner
    FROM pg_catalog.pg_class AS c
   WHERE c.relnamespace = 'pg_catalog'::regnamespace
  UNION ALL
  SELECT 'pg_class'::regclass, c.oid, a.attnum, 'c', a.attacl, c.relowner
    FROM pg_catalog.pg_attribute AS a
    JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
   WHERE c.relnamespace = 'pg_catalog'::regnamespace
  UNION ALL
  SELECT 'pg_proc'::regclass, p.oid, 0, 'f', p.proacl, p.proowner
    FROM pg_catalog.pg_proc AS p
   WHERE p.pronamespace = 'pg_catalog'::regnamespace
  UNION ALL
  SELECT 'pg_type'::regclass, t.oid, 0, 'T', t.typacl, t.typowner
    FROM pg_catalog.pg_type AS t
   WHERE t.typnamespace = 'pg_catalog'::regnamespace
  UNION ALL
  SELECT 'pg_language'::regclass, l.oid, 0, 'l', l.lanacl, l.lanowner
    FROM pg_catalog.pg_language AS l
)
SELECT 'security label' AS reason,
       pg_catalog.format('label by %s of %s %s', l.provider, i.type, i.identity) AS name
  FROM pg_catalog.pg_seclabel AS l
  LEFT JOIN pg_catalog.pg_namespace AS n ON l.classoid = 'pg_namespace'::regclass AND n.oid = l.objoid
 CROSS JOIN LATERAL pg_catalog.pg_identify_object(l.classoid, l.objoid, l.objsubid) AS i
 WHERE (l.objoid >= 16384 OR n.nspname = 'public')
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS e
                    WHERE e.classid = l.classoid AND e.objid = l.objoid AND e.deptype = 'e')
UNION ALL
SELECT 'large object', pg_catalog.format('large object %s', l.oid)
  FROM large AS l, counted AS c
 WHERE c.objects <= 1000
UNION ALL
-- They are data and there can be millions: then nobody wants to read their numbers.
SELECT 'set of large objects', pg_catalog.format('%s large objects', c.objects)
  FROM counted AS c
 WHERE c.objects > 1000
UNION ALL
-- Providers change some, and to compare those would be to plan against them. initdb keeps no record of the
-- privileges that it gives in information_schema.
SELECT 'set of privileges on an object of the system', pg_catalog.format('privileges on %s %s', i.type, i.identity)
  FROM provided AS o
  LEFT JOIN pg_catalog.pg_init_privs AS p ON p.classoid = o.classid AND p.objoid = o.objid AND p.objsubid = o.objsubid
 CROSS JOIN LATERAL (SELECT COALESCE(p.initprivs, pg_catalog.acldefault(o.type, o.owner)) AS acl) AS s
 CROSS JOIN LATERAL pg_catalog.pg_identify_object(o.classid, o.objid, o.objsubid) AS i
 WHERE o.acl IS NOT NULL
   AND o.objid < 16384
   AND NOT (o.acl @> s.acl AND s.acl @> o.acl)
UNION ALL
SELECT CASE WHEN s.setrole = 0 THEN 'database setting' ELSE 'setting of a role in the database' END,
       pg_catalog.format('setting %s', pg_catalog.split_part(c.entry, '=', 1))
         || CASE WHEN s.setrole = 0 THEN '' ELSE pg_catalog.format(' of role %I', pg_catalog.pg_get_userbyid(s.setrole)) END
  FROM pg_catalog.pg_db_role_setting AS s
  JOIN pg_catalog.pg_database AS d ON d.oid = s.setdatabase AND d.datname = pg_catalog.current_database()
 CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) AS c (entry)
 ORDER BY 1, 2
