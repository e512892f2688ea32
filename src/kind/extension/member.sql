-- What extensions brought along and privileges can be granted on. `plpgsql` comes with every new database.
WITH member AS (
  SELECT d.classid, d.objid, d.refobjid AS extension
    FROM pg_catalog.pg_depend AS d
    JOIN pg_catalog.pg_extension AS e ON e.oid = d.refobjid
   WHERE d.refclassid = 'pg_extension'::regclass
     AND d.deptype = 'e'
     AND e.extname <> 'plpgsql'
), object AS (
  SELECT m.*, 0 AS objsubid, 'n'::"char" AS type, n.nspacl AS acl, n.nspowner AS owner, NULL::name AS schema,
         pg_catalog.format('SCHEMA %I', n.nspname) AS object, NULL::name AS column_name
    FROM member AS m
    JOIN pg_catalog.pg_namespace AS n ON n.oid = m.objid
   WHERE m.classid = 'pg_namespace'::regclass
  UNION ALL
  SELECT m.*, 0, CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relacl, c.relowner, n.nspname,
         pg_catalog.format('%s %I.%I', CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, n.nspname, c.relname), NULL
    FROM member AS m
    JOIN pg_catalog.pg_class AS c ON c.oid = m.objid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
   WHERE m.classid = 'pg_class'::regclass
     AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
  UNION ALL
  SELECT m.*, a.attnum, 'c', a.attacl, c.relowner, n.nspname, pg_catalog.format('TABLE %I.%I', n.nspname, c.relname), a.attname
    FROM member AS m
    JOIN pg_catalog.pg_class AS c ON c.oid = m.objid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid
   WHERE m.classid = 'pg_class'::regclass
     AND a.attacl IS NOT NULL
     AND NOT a.attisdropped
  UNION ALL
  SELECT m.*, 0, 'f', p.proacl, p.proowner, n.nspname,
         pg_catalog.format('%s %I.%I(%s)', CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, n.nspname, p.proname,
           (SELECT pg_catalog.string_agg(pg_catalog.format_type(a.type, NULL), ', ' ORDER BY a.position)
              FROM pg_catalog.unnest(p.proargtypes) WITH ORDINALITY AS a (type, position))), NULL
    FROM member AS m
    JOIN pg_catalog.pg_proc AS p ON p.oid = m.objid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
   WHERE m.classid = 'pg_proc'::regclass
  UNION ALL
  SELECT m.*, 0, 'T', t.typacl, t.typowner, n.nspname, pg_catalog.format('TYPE %I.%I', n.nspname, t.typname), NULL
    FROM member AS m
    JOIN pg_catalog.pg_type AS t ON t.oid = m.objid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
   WHERE m.classid = 'pg_type'::regclass
     AND t.typtype IN ('b', 'c', 'd', 'e', 'r')
     AND NOT (t.typcategory = 'A' AND t.typelem <> 0)
     AND (t.typtype <> 'c' OR t.typrelid = ANY (ARRAY(SELECT c.oid FROM pg_catalog.pg_class AS c WHERE c.relkind = 'c')))
  UNION ALL
  SELECT m.*, 0, 'l', l.lanacl, l.lanowner, NULL, pg_catalog.format('LANGUAGE %I', l.lanname), NULL
    FROM member AS m
    JOIN pg_catalog.pg_language AS l ON l.oid = m.objid
   WHERE m.classid = 'pg_language'::regclass
  UNION ALL
  SELECT m.*, 0, 'F', f.fdwacl, f.fdwowner, NULL, pg_catalog.format('FOREIGN DATA WRAPPER %I', f.fdwname), NULL
    FROM member AS m
    JOIN pg_catalog.pg_foreign_data_wrapper AS f ON f.oid = m.objid
   WHERE m.classid = 'pg_foreign_data_wrapper'::regclass
  UNION ALL
  SELECT m.*, 0, 'S', s.srvacl, s.srvowner, NULL, pg_catalog.format('FOREIGN SERVER %I', s.srvname), NULL
    FROM member AS m
    JOIN pg_catalog.pg_foreign_server AS s ON s.oid = m.objid
   WHERE m.classid = 'pg_foreign_server'::regclass
)
