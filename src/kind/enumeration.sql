-- Enum types with their labels in order.
SELECT 'pg_type'::regclass::oid AS classid,
       t.oid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       n.nspname AS schema,
       t.typname AS name,
       COALESCE((SELECT pg_catalog.array_agg(e.enumlabel ORDER BY e.enumsortorder)
                   FROM pg_catalog.pg_enum AS e
                  WHERE e.enumtypid = t.oid), '{}') AS labels
  FROM pg_catalog.pg_type AS t
  JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
 WHERE t.typtype = 'e'
   AND n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, t.typname
