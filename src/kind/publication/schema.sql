-- Schemas of publications (since 15), from their dependencies: before, there is no catalog to name.
SELECT d.classid AS classid,
       d.objid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       'pg_publication'::regclass::oid AS on_classid,
       d.refobjid AS on_objid,
       0 AS on_objsubid,
       n.nspname AS name
  FROM pg_catalog.pg_depend AS d
  JOIN pg_catalog.pg_depend AS s
    ON s.classid = d.classid AND s.objid = d.objid AND s.refclassid = 'pg_namespace'::regclass
  JOIN pg_catalog.pg_namespace AS n ON n.oid = s.refobjid
 WHERE d.refclassid = 'pg_publication'::regclass
   AND d.classid = pg_catalog.to_regclass('pg_catalog.pg_publication_namespace')
 ORDER BY d.refobjid, n.nspname
