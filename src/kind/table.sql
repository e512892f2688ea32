-- Ordinary and partitioned tables, partitions among them. Options of the toast table are prefixed `toast.`, as
-- CREATE TABLE writes them.
SELECT 'pg_class'::regclass::oid AS classid,
       c.oid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       n.nspname AS schema,
       c.relname AS name,
       c.relpersistence = 'u' AS unlogged,
       CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END AS partition_by,
       (SELECT pg_catalog.array_agg(a.attname)
          FROM pg_catalog.pg_partitioned_table AS pt
          JOIN pg_catalog.pg_attribute AS a
            ON a.attrelid = pt.partrelid AND (a.attnum = ANY (pt.partattrs) OR pt.partexprs IS NOT NULL
               AND EXISTS (SELECT FROM pg_catalog.pg_depend AS d
                            WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
                              AND d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid AND d.refobjsubid = a.attnum))
         WHERE pt.partrelid = c.oid AND a.attnum > 0) AS partition_columns,
       CASE WHEN c.reloftype <> 0 THEN pg_catalog.format_type(c.reloftype, NULL) END AS of_type,
       CASE WHEN am.amname <> 'heap' THEN am.amname END AS access_method,
       t.spcname AS tablespace,
       COALESCE(c.reloptions, '{}')
         || COALESCE((SELECT pg_catalog.array_agg('toast.' || o) FROM pg_catalog.unnest(toast.reloptions) AS o), '{}') AS options,
       c.relrowsecurity AS row_security,
       c.relforcerowsecurity AS force_row_security,
       c.relispartition AS partition
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_am AS am ON am.oid = c.relam
  LEFT JOIN pg_catalog.pg_tablespace AS t ON t.oid = c.reltablespace
  LEFT JOIN pg_catalog.pg_class AS toast ON toast.oid = c.reltoastrelid AND toast.reloptions IS NOT NULL
 WHERE c.relkind IN ('r', 'p')
   AND n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, c.relname
