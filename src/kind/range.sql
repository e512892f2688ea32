-- Range types with their multiranges. What the subtype has by itself (operator class, collation) is null here.
SELECT 'pg_type'::regclass::oid AS classid,
       t.oid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       n.nspname AS schema,
       t.typname AS name,
       pg_catalog.format_type(r.rngsubtype, NULL) AS subtype,
       CASE WHEN NOT oc.opcdefault THEN pg_catalog.format('%I.%I', ocn.nspname, oc.opcname) END AS opclass,
       CASE WHEN r.rngcollation <> s.typcollation THEN pg_catalog.format('%I.%I', cn.nspname, co.collname) END AS collation,
       CASE WHEN r.rngcanonical <> 0 THEN pg_catalog.format('%I.%I', kn.nspname, k.proname) END AS canonical,
       CASE WHEN r.rngsubdiff <> 0 THEN pg_catalog.format('%I.%I', dn.nspname, d.proname) END AS subtype_diff,
       mn.nspname AS multirange_schema,
       m.typname AS multirange_name
  FROM pg_catalog.pg_range AS r
  JOIN pg_catalog.pg_type AS t ON t.oid = r.rngtypid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
  JOIN pg_catalog.pg_type AS s ON s.oid = r.rngsubtype
  JOIN pg_catalog.pg_type AS m ON m.oid = r.rngmultitypid
  JOIN pg_catalog.pg_namespace AS mn ON mn.oid = m.typnamespace
  JOIN pg_catalog.pg_opclass AS oc ON oc.oid = r.rngsubopc
  JOIN pg_catalog.pg_namespace AS ocn ON ocn.oid = oc.opcnamespace
  LEFT JOIN pg_catalog.pg_collation AS co ON co.oid = r.rngcollation
  LEFT JOIN pg_catalog.pg_namespace AS cn ON cn.oid = co.collnamespace
  LEFT JOIN pg_catalog.pg_proc AS k ON k.oid = r.rngcanonical
  LEFT JOIN pg_catalog.pg_namespace AS kn ON kn.oid = k.pronamespace
  LEFT JOIN pg_catalog.pg_proc AS d ON d.oid = r.rngsubdiff
  LEFT JOIN pg_catalog.pg_namespace AS dn ON dn.oid = d.pronamespace
 WHERE n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, t.typname
