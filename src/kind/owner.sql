-- The owner of everything that has one of its own. Left out: what follows the owner of another object (indexes, columns,
-- row types, sequences of identity columns), and the schema public while initdb's owner has it: since 15 that is
-- pg_database_owner, before it was who made the cluster. A sequence that a column owns has its table's owner, and
-- `follows_table` says so.
WITH schema AS (
  SELECT n.oid
    FROM pg_catalog.pg_namespace AS n
   WHERE n.nspname <> 'information_schema'
     AND n.nspname !~ '^pg_'
), initial AS (
  SELECT CASE
           WHEN pg_catalog.current_setting('server_version_num')::int4 < 150000 THEN 10
           ELSE (SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = 'pg_database_owner')
         END AS owner
), object AS (
  SELECT 'pg_namespace'::regclass::oid AS classid, n.oid AS objid, n.nspowner AS owner, false AS follows_table
    FROM pg_catalog.pg_namespace AS n
    JOIN schema AS s ON s.oid = n.oid
   CROSS JOIN initial AS i
   WHERE NOT (n.nspname = 'public' AND n.nspowner = i.owner)
  UNION ALL
  SELECT 'pg_class'::regclass, c.oid, c.relowner, d.objid IS NOT NULL
    FROM pg_catalog.pg_class AS c
    JOIN schema AS s ON s.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_depend AS d
      ON c.relkind = 'S' AND d.classid = 'pg_class'::regclass AND d.objid = c.oid
     AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
   WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
     AND d.deptype IS DISTINCT FROM 'i'
  UNION ALL
  SELECT 'pg_proc'::regclass, p.oid, p.proowner, false
    FROM pg_catalog.pg_proc AS p
    JOIN schema AS s ON s.oid = p.pronamespace
   WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS i
                      WHERE i.classid = 'pg_proc'::regclass AND i.objid = p.oid AND i.deptype = 'i')
  UNION ALL
  SELECT 'pg_type'::regclass, t.oid, t.typowner, false
    FROM pg_catalog.pg_type AS t
    JOIN schema AS s ON s.oid = t.typnamespace
   WHERE t.typtype IN ('b', 'c', 'd', 'e', 'r')
     AND NOT (t.typcategory = 'A' AND t.typelem <> 0)
     AND (t.typtype <> 'c' OR t.typrelid = ANY (ARRAY(SELECT c.oid FROM pg_catalog.pg_class AS c WHERE c.relkind = 'c')))
  UNION ALL
  SELECT 'pg_collation'::regclass, c.oid, c.collowner, false
    FROM pg_catalog.pg_collation AS c
    JOIN schema AS s ON s.oid = c.collnamespace
  UNION ALL
  SELECT 'pg_operator'::regclass, o.oid, o.oprowner, false
    FROM pg_catalog.pg_operator AS o
    JOIN schema AS s ON s.oid = o.oprnamespace
  UNION ALL
  SELECT 'pg_opclass'::regclass, o.oid, o.opcowner, false
    FROM pg_catalog.pg_opclass AS o
    JOIN schema AS s ON s.oid = o.opcnamespace
  UNION ALL
  SELECT 'pg_opfamily'::regclass, o.oid, o.opfowner, false
    FROM pg_catalog.pg_opfamily AS o
    JOIN schema AS s ON s.oid = o.opfnamespace
  UNION ALL
  SELECT 'pg_conversion'::regclass, c.oid, c.conowner, false
    FROM pg_catalog.pg_conversion AS c
    JOIN schema AS s ON s.oid = c.connamespace
  UNION ALL
  SELECT 'pg_ts_dict'::regclass, d.oid, d.dictowner, false
    FROM pg_catalog.pg_ts_dict AS d
    JOIN schema AS s ON s.oid = d.dictnamespace
  UNION ALL
  SELECT 'pg_ts_config'::regclass, c.oid, c.cfgowner, false
    FROM pg_catalog.pg_ts_config AS c
    JOIN schema AS s ON s.oid = c.cfgnamespace
  UNION ALL
  SELECT 'pg_statistic_ext'::regclass, x.oid, x.stxowner, false
    FROM pg_catalog.pg_statistic_ext AS x
    JOIN schema AS s ON s.oid = x.stxnamespace
  UNION ALL
  SELECT 'pg_foreign_data_wrapper'::regclass, f.oid, f.fdwowner, false FROM pg_catalog.pg_foreign_data_wrapper AS f
  UNION ALL
  SELECT 'pg_foreign_server'::regclass, s.oid, s.srvowner, false FROM pg_catalog.pg_foreign_server AS s
  UNION ALL
  SELECT 'pg_event_trigger'::regclass, t.oid, t.evtowner, false FROM pg_catalog.pg_event_trigger AS t
  UNION ALL
  SELECT 'pg_publication'::regclass, p.oid, p.pubowner, false FROM pg_catalog.pg_publication AS p
  UNION ALL
  SELECT 'pg_subscription'::regclass, u.oid, u.subowner, false
    FROM pg_catalog.pg_subscription AS u
    JOIN pg_catalog.pg_database AS d ON d.oid = u.subdbid AND d.datname = pg_catalog.current_database()
  UNION ALL
  SELECT 'pg_language'::regclass, l.oid, l.lanowner, false FROM pg_catalog.pg_language AS l WHERE l.oid >= 16384
)
SELECT 'pg_authid'::regclass::oid AS classid,
       o.objid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       o.classid AS on_classid,
       o.objid AS on_objid,
       0 AS on_objsubid,
       pg_catalog.pg_get_userbyid(o.owner) AS role,
       o.follows_table AS follows_table,
       CASE WHEN o.classid = 'pg_namespace'::regclass
                 AND o.objid = (SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname = 'public')
            THEN pg_catalog.pg_get_userbyid(i.owner) END AS standard
  FROM object AS o
 CROSS JOIN initial AS i
 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS e
                    WHERE e.classid = o.classid AND e.objid = o.objid AND e.deptype = 'e')
 ORDER BY o.classid, o.objid
