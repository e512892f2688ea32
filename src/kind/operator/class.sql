-- Operator classes with their operators and functions.
SELECT 'pg_opclass'::regclass::oid AS classid,
       c.oid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       n.nspname AS schema,
       c.opcname AS name,
       m.amname AS method,
       c.opcdefault AS "default",
       pg_catalog.format_type(c.opcintype, NULL) AS type_name,
       pg_catalog.format('%I.%I', fn.nspname, f.opfname) AS family,
       CASE WHEN c.opckeytype <> 0 THEN pg_catalog.format_type(c.opckeytype, NULL) END AS storage,
       COALESCE((SELECT pg_catalog.array_agg(
                          pg_catalog.format('OPERATOR %s %s', o.amopstrategy, o.amopopr::regoperator)
                          || CASE WHEN s.oid IS NOT NULL
                                  THEN pg_catalog.format(' FOR ORDER BY %I.%I', sn.nspname, s.opfname) ELSE '' END
                          ORDER BY o.amopstrategy, o.amopopr::regoperator::text)
                   FROM pg_catalog.pg_depend AS d
                   JOIN pg_catalog.pg_amop AS o ON o.oid = d.objid
                   LEFT JOIN pg_catalog.pg_opfamily AS s ON s.oid = o.amopsortfamily
                   LEFT JOIN pg_catalog.pg_namespace AS sn ON sn.oid = s.opfnamespace
                  WHERE d.classid = 'pg_amop'::regclass
                    AND d.refclassid = 'pg_opclass'::regclass
                    AND d.refobjid = c.oid), '{}') AS operators,
       COALESCE((SELECT pg_catalog.array_agg(
                          pg_catalog.format('FUNCTION %s (%s, %s) %s', p.amprocnum,
                                            pg_catalog.format_type(p.amproclefttype, NULL),
                                            pg_catalog.format_type(p.amprocrighttype, NULL), p.amproc::regprocedure)
                          ORDER BY p.amprocnum, p.amproc::regprocedure::text)
                   FROM pg_catalog.pg_depend AS d
                   JOIN pg_catalog.pg_amproc AS p ON p.oid = d.objid
                  WHERE d.classid = 'pg_amproc'::regclass
                    AND d.refclassid = 'pg_opclass'::regclass
                    AND d.refobjid = c.oid), '{}') AS functions
  FROM pg_catalog.pg_opclass AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.opcnamespace
  JOIN pg_catalog.pg_am AS m ON m.oid = c.opcmethod
  JOIN pg_catalog.pg_opfamily AS f ON f.oid = c.opcfamily
  JOIN pg_catalog.pg_namespace AS fn ON fn.oid = f.opfnamespace
 WHERE n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, c.opcname, m.amname
