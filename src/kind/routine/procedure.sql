-- Procedures.
-- Members of extensions are left out here already, because their definitions cost time to print.
SELECT 'pg_proc'::regclass::oid AS classid,
       p.oid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       n.nspname AS schema,
       p.proname AS name,
       COALESCE((SELECT pg_catalog.string_agg(pg_catalog.format_type(a.type, NULL), ', ' ORDER BY a.position)
                   FROM pg_catalog.unnest(p.proargtypes) WITH ORDINALITY AS a (type, position)), '') AS args,
       pg_catalog.pg_get_functiondef(p.oid) AS definition,
       l.lanname AS language,
       p.prokind = 'w' AS window,
       CASE WHEN p.prorettype <> 0
            THEN CASE WHEN p.proretset THEN 'SETOF ' ELSE '' END || pg_catalog.format_type(p.prorettype, NULL)
       END AS returns,
       COALESCE(CASE WHEN p.prorettype = 'record'::regtype AND p.proargmodes IS NOT NULL THEN o.columns END, '{}') AS columns,
       COALESCE(CASE WHEN p.proargmodes IS NULL THEN p.proargnames ELSE o.inputs END, '{}') AS inputs,
       p.pronargdefaults::int4 AS defaults,
       CASE WHEN p.pronargdefaults > 0 AND g.polymorphic THEN pg_catalog.pg_get_expr(p.proargdefaults, 0) END
         AS polymorphic_defaults,
       p.prosqlbody IS NOT NULL AS parsed
  FROM pg_catalog.pg_proc AS p
  JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
  JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
 CROSS JOIN LATERAL (
         SELECT pg_catalog.bool_or(t.typtype = 'p' AND t.typname LIKE 'any%') AS polymorphic
           FROM pg_catalog.pg_type AS t
          WHERE p.pronargdefaults > 0 AND t.oid = ANY (p.proargtypes)) AS g
 CROSS JOIN LATERAL (
         SELECT pg_catalog.array_agg(COALESCE(p.proargnames[i], '') || ' ' || pg_catalog.format_type(p.proallargtypes[i], NULL)
                                     ORDER BY i) FILTER (WHERE p.proargmodes[i] IN ('o', 'b', 't')) AS columns,
                pg_catalog.array_agg(COALESCE(p.proargnames[i], '')
                                     ORDER BY i) FILTER (WHERE p.proargmodes[i] IN ('i', 'b', 'v')) AS inputs
           FROM pg_catalog.generate_subscripts(p.proargmodes, 1) AS i) AS o
 WHERE p.prokind = 'p'
   AND n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
   AND NOT EXISTS (SELECT
                     FROM pg_catalog.pg_depend AS d
                    WHERE d.classid = 'pg_proc'::regclass
                      AND d.objid = p.oid
                      AND d.deptype IN ('e', 'i'))
 ORDER BY n.nspname, p.proname, args
