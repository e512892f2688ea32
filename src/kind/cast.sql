-- Casts made by users; those of a range type to its multirange are parts of it.
SELECT 'pg_cast'::regclass::oid AS classid,
       c.oid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       pg_catalog.format_type(c.castsource, NULL) AS "from",
       pg_catalog.format_type(c.casttarget, NULL) AS "to",
       c.castmethod AS method,
       CASE WHEN p.oid IS NOT NULL THEN p.oid::regprocedure::text END AS function,
       c.castcontext AS context
  FROM pg_catalog.pg_cast AS c
  LEFT JOIN pg_catalog.pg_proc AS p ON p.oid = c.castfunc
 WHERE c.oid >= 16384
   AND NOT EXISTS (SELECT
                     FROM pg_catalog.pg_depend AS d
                    WHERE d.classid = 'pg_cast'::regclass
                      AND d.objid = c.oid
                      AND d.deptype = 'i')
 ORDER BY 5, 6
