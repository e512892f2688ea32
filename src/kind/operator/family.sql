-- Operator families with the members that belong to no operator class.
SELECT 'pg_opfamily'::regclass::oid AS classid,
       f.oid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       n.nspname AS schema,
       f.opfname AS name,
       m.amname AS method,
       COALESCE((SELECT pg_catalog.array_agg(
                          pg_catalog.format('OPERATOR %s %s', o.amopstrategy, o.amopopr::regoperator)
                          || CASE WHEN s.oid IS NOT NULL
                                  THEN pg_catalog.format(' FOR ORDER BY %I.%I', sn.nspname, s.opfname) ELSE '' END
                          ORDER BY o.amopstrategy, o.amopopr::regoperator::text)
                   FROM pg_catalog.pg_amop AS o
                   LEFT JOIN pg_catalog.pg_opfamily AS s ON s.oid = o.amopsortfamily
                   LEFT JOIN pg_catalog.pg_namespace AS sn ON sn.oid = s.opfnamespace
                  WHERE o.amopfamily = f.oid
                    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d
                                     WHERE d.classid = 'pg_amop'::regclass AND d.objid = o.oid
                                       AND d.refclassid = 'pg_opclass'::regclass)), '{}') AS operators,
       COALESCE((SELECT pg_catalog.array_agg(
                          pg_catalog.format('FUNCTION %s (%s, %s) %s', p.amprocnum,
                                            pg_catalog.format_type(p.amproclefttype, NULL),
                                            pg_catalog.format_type(p.amprocrighttype, NULL), p.amproc::regprocedure)
                          ORDER BY p.amprocnum, p.amproc::regprocedure::text)
                   FROM pg_catalog.pg_amproc AS p
                  WHERE p.amprocfamily = f.oid
                    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d
                                     WHERE d.classid = 'pg_amproc'::regclass AND d.objid = p.oid
                                       AND d.refclassid = 'pg_opclass'::regclass)), '{}') AS functions
  FROM pg_catalog.pg_opfamily AS f
  JOIN pg_catalog.pg_namespace AS n ON n.oid = f.opfnamespace
  JOIN pg_catalog.pg_am AS m ON m.oid = f.opfmethod
 WHERE n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, f.opfname, m.amname
