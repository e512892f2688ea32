-- Triggers that somebody created. Those behind foreign keys are internal, and a partition's copies are the parent's.
SELECT 'pg_trigger'::regclass::oid AS classid,
       t.oid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       'pg_class'::regclass::oid AS on_classid,
       t.tgrelid AS on_objid,
       0 AS on_objsubid,
       t.tgname AS name,
       pg_catalog.pg_get_triggerdef(t.oid) AS definition,
       t.tgconstraint <> 0 AS "constraint",
       t.tgenabled::text AS enabled
  FROM pg_catalog.pg_trigger AS t
  JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE NOT t.tgisinternal
   AND t.tgparentid = 0
   AND n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, c.relname, t.tgname
