-- Tables of publications. Row filters and column lists came with 15: before, the names `prqual` and `prattrs` are found
-- in the outer query, where they are null.
SELECT 'pg_publication_rel'::regclass::oid AS classid,
       r.oid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       'pg_publication'::regclass::oid AS on_classid,
       r.prpubid AS on_objid,
       0 AS on_objsubid,
       pg_catalog.format('%I.%I', n.nspname, c.relname) AS name,
       n.nspname AS table_schema,
       c.relname AS table_name,
       (SELECT pg_catalog.array_agg(a.attname ORDER BY a.attnum)
          FROM pg_catalog.pg_attribute AS a
         WHERE a.attrelid = r.prrelid AND a.attnum = ANY (x.attributes)) AS columns,
       pg_catalog.pg_get_expr(x.filter, r.prrelid) AS filter
  FROM pg_catalog.pg_publication_rel AS r
  JOIN pg_catalog.pg_class AS c ON c.oid = r.prrelid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  CROSS JOIN (SELECT NULL::pg_node_tree AS prqual, NULL::int2vector AS prattrs) AS before_15
  CROSS JOIN LATERAL (
    SELECT prqual AS filter, prattrs::int2[] AS attributes FROM pg_catalog.pg_publication_rel AS o WHERE o.oid = r.oid) AS x
 ORDER BY r.prpubid, n.nspname, c.relname
