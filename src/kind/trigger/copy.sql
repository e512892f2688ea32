-- The copies of triggers that partitions have, where one is not enabled as its parent's is. `root` is the trigger that
-- somebody created. Before 15 the copies are marked as internal, like those behind foreign keys.
WITH RECURSIVE copy AS (
  SELECT t.oid, t.tgrelid, t.tgname, t.tgenabled, p.tgenabled AS parent_enabled, t.tgparentid AS root
    FROM pg_catalog.pg_trigger AS t
    JOIN pg_catalog.pg_trigger AS p ON p.oid = t.tgparentid AND p.tgenabled <> t.tgenabled
   WHERE NOT t.tgisinternal
      OR NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.oid = t.tgconstraint AND k.contype <> 't')
  UNION ALL
  SELECT c.oid, c.tgrelid, c.tgname, c.tgenabled, c.parent_enabled, p.tgparentid
    FROM copy AS c
    JOIN pg_catalog.pg_trigger AS p ON p.oid = c.root AND p.tgparentid <> 0
)
SELECT 'pg_trigger'::regclass::oid AS classid,
       k.oid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       'pg_class'::regclass::oid AS on_classid,
       k.tgrelid AS on_objid,
       0 AS on_objsubid,
       k.tgname AS name,
       k.tgenabled::text AS enabled,
       k.parent_enabled::text AS parent_enabled,
       n.nspname AS root_schema,
       c.relname AS root_table,
       r.tgname AS root_name
  FROM copy AS k
  JOIN pg_catalog.pg_trigger AS r ON r.oid = k.root AND r.tgparentid = 0
  JOIN pg_catalog.pg_class AS c ON c.oid = r.tgrelid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, c.relname, r.tgname, k.oid
