-- Base types, made of functions that are usually written in C. `functions` are those that name the type and so cannot
-- exist without it.
SELECT 'pg_type'::regclass::oid AS classid,
       t.oid AS objid,
       0 AS objsubid,
       CASE WHEN NOT t.typisdefined THEN 'type without a definition' END AS excluded,
       n.nspname AS schema,
       t.typname AS name,
       t.typinput::text AS input,
       t.typoutput::text AS output,
       CASE WHEN t.typreceive <> 0 THEN t.typreceive::text END AS receive,
       CASE WHEN t.typsend <> 0 THEN t.typsend::text END AS send,
       CASE WHEN t.typmodin <> 0 THEN t.typmodin::text END AS typmod_in,
       CASE WHEN t.typmodout <> 0 THEN t.typmodout::text END AS typmod_out,
       CASE WHEN t.typanalyze <> 0 THEN t.typanalyze::text END AS analyze,
       CASE WHEN t.typsubscript <> 0 THEN t.typsubscript::text END AS subscript,
       t.typlen::int4 AS length,
       t.typbyval AS by_value,
       t.typalign AS alignment,
       t.typstorage AS storage,
       t.typcategory AS category,
       t.typispreferred AS preferred,
       t.typdelim AS delimiter,
       t.typcollation <> 0 AS collatable,
       CASE WHEN t.typelem <> 0 THEN pg_catalog.format_type(t.typelem, NULL) END AS element,
       COALESCE(pg_catalog.pg_get_expr(t.typdefaultbin, 0), pg_catalog.quote_literal(t.typdefault)) AS "default",
       COALESCE((SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                          'schema', pn.nspname,
                          'name', p.proname,
                          'args', COALESCE((SELECT pg_catalog.string_agg(pg_catalog.format_type(a.type, NULL), ', '
                                                                         ORDER BY a.position)
                                              FROM pg_catalog.unnest(p.proargtypes) WITH ORDINALITY AS a (type, position)),
                                           '')) ORDER BY p.proname, p.oid)
                   FROM pg_catalog.pg_proc AS p
                   JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.pronamespace
                  WHERE p.oid IN (t.typinput, t.typoutput, t.typreceive, t.typsend)
                    AND p.oid >= 16384
                    AND (p.prorettype = t.oid OR t.oid = ANY (p.proargtypes))), '[]') AS functions
  FROM pg_catalog.pg_type AS t
  JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
 WHERE (t.typtype = 'b' AND NOT EXISTS (SELECT FROM pg_catalog.pg_type AS e WHERE e.typarray = t.oid)
        OR t.typtype = 'p' AND NOT t.typisdefined)
   AND n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, t.typname
